import './widgets.css';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef } from 'react';

interface DialogProps {
  readonly title: string;
  /** The title is only for those who cannot see. */
  readonly isTitleHidden?: boolean;
  readonly onClose: () => void;
  /** A click beside it does nothing: for what must not be ended by accident. */
  readonly isFirm?: boolean;
  readonly children: ReactNode;
  readonly testId?: string;
}

const REACHABLE = 'a[href], button, input, textarea, select, [tabindex]';

function reachableIn(box: HTMLElement): HTMLElement[] {
  return [...box.querySelectorAll<HTMLElement>(REACHABLE)].filter(
    (each) => !each.hasAttribute('disabled') && each.tabIndex >= 0,
  );
}

/** A dialog over the window: the focus stays inside, Esc and a click beside it close it, and the focus goes back where it was. */
export function Dialog({ title, isTitleHidden, onClose, isFirm, children, testId }: DialogProps) {
  const titleId = useId();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    const inside = box.current;
    // In a firm dialog the Enter that opened it must not press its first button.
    const first = inside && (isFirm ? inside.querySelector<HTMLElement>('input, textarea') : reachableIn(inside)[0]);
    (inside && !inside.contains(before) ? (first ?? inside) : undefined)?.focus();
    return () => before?.focus?.();
  }, [isFirm]);
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === 'Escape') onClose();
    if (event.key !== 'Tab' || !box.current) return;
    const inside = reachableIn(box.current);
    const edge = event.shiftKey ? inside[0] : inside.at(-1);
    const isLeaving = document.activeElement === edge || document.activeElement === box.current;
    if (edge && !isLeaving) return;
    event.preventDefault();
    (event.shiftKey ? inside.at(-1) : inside[0])?.focus();
  };
  return (
    <div
      className="widget-backdrop"
      data-testid={testId}
      onPointerDown={(event) => !isFirm && event.target === event.currentTarget && onClose()}
    >
      <div
        ref={box}
        className="widget-dialog"
        role="dialog"
        aria-modal="true"
        aria-labelledby={isTitleHidden ? undefined : titleId}
        aria-label={isTitleHidden ? title : undefined}
        tabIndex={-1}
        onKeyDown={onKeyDown}
      >
        {!isTitleHidden && <h2 id={titleId}>{title}</h2>}
        <div>{children}</div>
      </div>
    </div>
  );
}
