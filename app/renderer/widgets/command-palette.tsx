// Every command of the window by name: type a few letters, Enter runs it.

import './widgets.css';
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { fuzzyFilter } from '../model/commands/fuzzy-match';
import { Dialog } from './dialog';
import { rovingPlace } from './roving-focus';
import { TextField } from './text-field';

export interface PaletteCommand {
  readonly id: string;
  readonly title: string;
  /** As shown to a person: Ctrl+Shift+P. */
  readonly keys?: string;
  readonly run: () => void;
}

interface CommandPaletteProps {
  readonly commands: readonly PaletteCommand[];
  readonly onClose: () => void;
}

/** A dialog that filters commands by letters in order. The command runs after the dialog has closed. */
export function CommandPalette({ commands, onClose }: CommandPaletteProps) {
  const [query, setQuery] = useState('');
  const [place, setPlace] = useState(0);
  const listId = useId();
  const list = useRef<HTMLDivElement>(null);
  const found = fuzzyFilter(query, commands);
  const run = (command: PaletteCommand | undefined) => {
    if (!command) return;
    onClose();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') {
      event.preventDefault();
      run(found[place]);
      return;
    }
    const next = ['ArrowUp', 'ArrowDown'].includes(event.key) ? rovingPlace(event.key, place, found.length) : undefined;
    if (next === undefined) return;
    event.preventDefault();
    setPlace(next);
  };
  useEffect(() => {
    list.current?.children[place]?.scrollIntoView?.({ block: 'nearest' });
  }, [place]);
  return (
    <Dialog title="Commands" isTitleHidden onClose={onClose} testId="command-palette">
      <div className="widget-palette">
        <TextField
          label="Command"
          isLabelHidden
          placeholder="Type a command"
          role="combobox"
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={found[place] && `${listId}-${found[place].id}`}
          value={query}
          onKeyDown={onKeyDown}
          onChange={(text) => {
            setQuery(text);
            setPlace(0);
          }}
        />
        {found.length === 0 && <p>No command has these letters in this order.</p>}
        <div ref={list} id={listId} role="listbox" aria-label="Commands">
          {found.map((command, index) => (
            <div
              key={command.id}
              id={`${listId}-${command.id}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === place}
              onPointerMove={() => setPlace(index)}
              onClick={() => run(command)}
              onKeyDown={onKeyDown}
            >
              <span>{command.title}</span>
              {command.keys && <kbd className="widget-key">{command.keys}</kbd>}
            </div>
          ))}
        </div>
      </div>
    </Dialog>
  );
}
