import './widgets.css';
import type { ButtonHTMLAttributes } from 'react';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** `plain` has no border until it is used; `primary` is the one thing a dialog is for. */
  readonly kind?: 'normal' | 'primary' | 'plain';
}

/** A button of the window; takes everything that <button> takes. */
export function Button({ kind = 'normal', ...rest }: ButtonProps) {
  return <button type="button" {...rest} className={`widget-button ${rest.className ?? ''}`} data-kind={kind} />;
}
