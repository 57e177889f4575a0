import { type ReactNode, useEffect, useId, useRef } from 'react';

interface SheetProps {
  readonly title: string;
  readonly onClose?: () => void;
  readonly children: ReactNode;
  readonly testId?: string;
}

/** A dialog over the window: keeps the focus inside, Esc closes it, and the focus goes back where it was. */
export function Sheet({ title, onClose, children, testId }: SheetProps) {
  const titleId = useId();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    const first = box.current?.querySelector<HTMLElement>('[autofocus], input, textarea, select, button');
    (first ?? box.current)?.focus();
    return () => before?.focus?.();
  }, []);
  const onKeyDown = (event: React.KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === 'Escape') onClose?.();
    if (event.key !== 'Tab') return;
    const inside = [...(box.current?.querySelectorAll<HTMLElement>('a[href], button, input, textarea, select') ?? [])];
    const able = inside.filter((each) => !each.hasAttribute('disabled'));
    const [first] = able;
    const last = able.at(-1);
    const isAtEnd = document.activeElement === (event.shiftKey ? first : last);
    if (!isAtEnd || !first || !last) return;
    event.preventDefault();
    (event.shiftKey ? last : first).focus();
  };
  return (
    <div className="sheet" data-testid={testId}>
      <div ref={box} role="dialog" aria-modal="true" aria-labelledby={titleId} tabIndex={-1} onKeyDown={onKeyDown}>
        <h2 id={titleId}>{title}</h2>
        {children}
      </div>
    </div>
  );
}
