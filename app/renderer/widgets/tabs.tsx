import './widgets.css';
import { type KeyboardEvent, useRef } from 'react';
import { rovingPlace } from './roving-focus';

interface TabsProps<Id extends string> {
  /** Accessible name of the row of tabs. */
  readonly label: string;
  readonly tabs: readonly { readonly id: Id; readonly title: string }[];
  readonly activeId: Id;
  readonly onChange: (id: Id) => void;
  /** Id of the element that shows what the active tab stands for. */
  readonly panelId?: string;
}

/** A row of tabs: one is in the tab order, arrows, Home and End go to the others and choose them. */
export function Tabs<Id extends string>({ label, tabs, activeId, onChange, panelId }: TabsProps<Id>) {
  const row = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const place = rovingPlace(
      event.key,
      tabs.findIndex(({ id }) => id === activeId),
      tabs.length,
    );
    if (place === undefined) return;
    event.preventDefault();
    onChange(tabs[place].id);
    (row.current?.children[place] as HTMLElement | undefined)?.focus();
  };
  return (
    <div className="widget-tabs" role="tablist" aria-label={label} ref={row} onKeyDown={onKeyDown}>
      {tabs.map(({ id, title }) => (
        <button
          key={id}
          type="button"
          role="tab"
          aria-selected={id === activeId}
          aria-controls={panelId}
          tabIndex={id === activeId ? 0 : -1}
          data-testid={`tab-${id}`}
          onClick={() => onChange(id)}
        >
          {title}
        </button>
      ))}
    </div>
  );
}
