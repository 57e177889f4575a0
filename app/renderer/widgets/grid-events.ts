// What a person does to the grid of a table, as what it means for rows. A place counts the rows as they are shown.

import type { KeyboardEvent, MouseEvent } from 'react';
import { moveSelection, type RowSelection } from '../model/table/row-selection';

export interface GridActions {
  readonly rowCount: number;
  readonly selection: RowSelection | undefined;
  /** Rows in view. */
  readonly pageCount: () => number;
  readonly onFocus: () => void;
  readonly onSelect: (selection: RowSelection) => void;
  readonly onClick: (place: number) => void;
  readonly onActivate: (place: number) => void;
  readonly onCopy: () => void;
  /** `columnIndex` is 0 when the menu was opened by a key. */
  readonly onMenu: (place: number, columnIndex: number, event: MouseEvent) => void;
}

function placeAt(event: MouseEvent): number | undefined {
  const place = (event.target as Element).closest<HTMLElement>('[data-place]')?.dataset.place;
  return place === undefined ? undefined : Number(place);
}

/** Handlers for the element with the role grid. */
export function gridEvents(actions: GridActions) {
  const { selection } = actions;
  return {
    // The focus stays on the grid, whose active descendant is the row; a cell would take it.
    onMouseDown: (event: MouseEvent) => {
      if (placeAt(event) === undefined) return;
      event.preventDefault();
      actions.onFocus();
    },
    onClick: (event: MouseEvent) => {
      const place = placeAt(event);
      if (place === undefined || event.detail > 1) return; // the second click of a double click undoes nothing
      actions.onSelect({ anchor: event.shiftKey && selection ? selection.anchor : place, focus: place });
      if (!event.shiftKey) actions.onClick(place);
    },
    onDoubleClick: (event: MouseEvent) => {
      const place = placeAt(event);
      if (place !== undefined) actions.onActivate(place);
    },
    onContextMenu: (event: MouseEvent) => {
      const place = placeAt(event) ?? selection?.focus;
      if (place === undefined) return;
      event.preventDefault();
      const cell = (event.target as Element).closest('[role=gridcell]');
      actions.onMenu(place, Number(cell?.getAttribute('aria-colindex') ?? 1) - 1, event);
    },
    onKeyDown: (event: KeyboardEvent) => {
      if (event.target !== event.currentTarget) return; // a button of the header
      if (!takesKey(event, actions)) return;
      event.preventDefault();
      event.stopPropagation();
    },
  };
}

function takesKey(event: KeyboardEvent, actions: GridActions): boolean {
  const { selection, rowCount } = actions;
  const isCommand = event.ctrlKey || event.metaKey;
  const next = isCommand ? undefined : moveSelection(selection, event, rowCount, actions.pageCount());
  if (next) actions.onSelect(next);
  else if (isCommand && event.key === 'c') actions.onCopy();
  else if (selection && event.key === 'Enter') actions.onActivate(selection.focus);
  else if (selection && event.key === ' ') actions.onClick(selection.focus);
  else return false;
  return true;
}
