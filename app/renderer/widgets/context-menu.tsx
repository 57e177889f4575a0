import './widgets.css';
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef } from 'react';
import { rovingPlace } from './roving-focus';

export interface MenuItem {
  readonly title: string;
  /** Shown pale at the right. */
  readonly detail?: string;
  readonly run: () => void;
}

interface ContextMenuProps {
  readonly label: string;
  readonly items: readonly MenuItem[];
  /** Where it opens, in CSS pixels of the window. */
  readonly xPx: number;
  readonly yPx: number;
  readonly onClose: () => void;
}

/** A menu at the pointer, kept inside the window. Arrows, Enter and Esc work; a click elsewhere closes it. */
export function ContextMenu({ label, items, xPx, yPx, onClose }: ContextMenuProps) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const menu = box.current;
    if (!menu) return;
    menu.style.left = `${Math.max(0, Math.min(xPx, window.innerWidth - menu.offsetWidth - 4))}px`;
    menu.style.top = `${Math.max(0, Math.min(yPx, window.innerHeight - menu.offsetHeight - 4))}px`;
  }, [xPx, yPx]);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    (box.current?.firstElementChild as HTMLElement | undefined)?.focus();
    return () => before?.focus?.();
  }, []);
  useEffect(() => {
    const onPointerDown = (event: PointerEvent) => {
      if (!box.current?.contains(event.target as Node)) onClose();
    };
    window.addEventListener('pointerdown', onPointerDown, true);
    window.addEventListener('blur', onClose);
    return () => {
      window.removeEventListener('pointerdown', onPointerDown, true);
      window.removeEventListener('blur', onClose);
    };
  }, [onClose]);
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === 'Escape' || event.key === 'Tab') onClose();
    const buttons = [...(box.current?.children ?? [])] as HTMLElement[];
    const place = rovingPlace(event.key, buttons.indexOf(document.activeElement as HTMLElement), buttons.length);
    if (place === undefined) return;
    event.preventDefault();
    buttons[place].focus();
  };
  return (
    <div ref={box} className="widget-menu" role="menu" aria-label={label} onKeyDown={onKeyDown}>
      {items.map(({ title, detail, run }) => (
        <button
          key={title}
          type="button"
          role="menuitem"
          tabIndex={-1}
          onPointerEnter={(event) => event.currentTarget.focus()}
          onClick={() => {
            onClose();
            run();
          }}
        >
          <span>{title}</span>
          {detail && <span className="detail">{detail}</span>}
        </button>
      ))}
    </div>
  );
}
