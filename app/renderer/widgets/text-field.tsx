import './widgets.css';
import { type InputHTMLAttributes, type Ref, useId } from 'react';

interface TextFieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange'> {
  readonly label: string;
  /** The label is only for those who cannot see; the placeholder says the same. */
  readonly isLabelHidden?: boolean;
  readonly onChange: (text: string) => void;
  /** Why the text cannot be used, as a sentence. */
  readonly error?: string;
  readonly ref?: Ref<HTMLInputElement>;
}

/** A line of text with its label and, when the text cannot be used, the reason below it. */
export function TextField({ label, isLabelHidden, onChange, error, ref, ...rest }: TextFieldProps) {
  const id = useId();
  const field = (
    <input
      type="text"
      spellCheck={false}
      autoComplete="off"
      {...rest}
      ref={ref}
      id={id}
      className={`widget-field ${rest.className ?? ''}`}
      aria-label={isLabelHidden ? label : undefined}
      aria-invalid={error !== undefined}
      aria-describedby={error === undefined ? undefined : `${id}-error`}
      title={error ?? rest.title}
      onChange={(event) => onChange(event.target.value)}
    />
  );
  const reason = error !== undefined && (
    <span id={`${id}-error`} className="widget-field-error" role="alert">
      {error}
    </span>
  );
  if (isLabelHidden) {
    return (
      <>
        {field}
        {reason}
      </>
    );
  }
  return (
    <label className="widget-field-label" htmlFor={id}>
      {label}
      {field}
      {reason}
    </label>
  );
}
