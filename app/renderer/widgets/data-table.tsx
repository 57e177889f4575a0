// Any report as a table that is drawn only where it is seen: sorted by its headers, filtered, selected and copied from. The rows are the
// caller's; a table that is asked again keeps its sorting, filter and selection.

import './data-table.css';
import { type MouseEvent, type ReactNode, useCallback, useState } from 'react';
import { type Cell, columnKind, type TimeUnit } from '../model/table/columns';
import type { RowSelection } from '../model/table/row-selection';
import { ContextMenu, type MenuItem } from './context-menu';
import { DataTableGrid, type ShownTable } from './data-table-grid';
import { DataTableToolbar } from './data-table-toolbar';
import { useTableCopy } from './use-table-copy';
import { useTableRows } from './use-table-rows';

export interface DataTableProps extends ShownTable {
  readonly onTimeUnit: (timeUnit: TimeUnit) => void;
  /** The command line that gives the same. */
  readonly command?: string;
  /** The row on which the arrow keys or a click came to rest. */
  readonly onSelect?: (cells: readonly Cell[]) => void;
  /** A single click without Shift, or Space. */
  readonly onClickRow?: (cells: readonly Cell[]) => void;
  /** A double click, or Enter. */
  readonly onActivate?: (cells: readonly Cell[]) => void;
  readonly onSaveCsv?: (csv: string) => void;
  /** What the caller says over the table. */
  readonly children?: ReactNode;
}

interface OpenMenu {
  readonly items: readonly MenuItem[];
  readonly xPx: number;
  readonly yPx: number;
}

/** A grid over one report. */
export function DataTable(props: DataTableProps) {
  const { label, table, timeUnit, onTimeUnit, notes, command, isMarked, onSaveCsv, children } = props;
  const shown = useTableRows(table);
  const { order, selectedRows } = shown;
  const copying = useTableCopy({ table, timeUnit, order, selectedRows, command });
  const [menu, setMenu] = useState<OpenMenu>();
  const closeMenu = useCallback(() => setMenu(undefined), []);
  const cellsAt = (place: number) => table.rows[order[place]];
  const onSelect = (next: RowSelection) => {
    shown.select(next);
    props.onSelect?.(cellsAt(next.focus));
  };
  const onMenu = (place: number, columnIndex: number, event: MouseEvent) => {
    if (!selectedRows.includes(order[place])) onSelect({ anchor: place, focus: place });
    setMenu({ items: copying.menuItems(order[place], columnIndex), xPx: event.clientX, yPx: event.clientY });
  };
  return (
    <div className="data-table" data-testid="data-table">
      <DataTableToolbar
        filterText={shown.filterText}
        filterSentence={shown.filterSentence}
        onFilter={shown.setFilterText}
        timeUnit={table.columns.some((column) => columnKind(column) === 'time') ? timeUnit : undefined}
        onTimeUnit={onTimeUnit}
        onCopy={() => void copying.copyAll()}
        onSaveCsv={onSaveCsv && (() => onSaveCsv(copying.csv()))}
        isEmpty={order.length === 0}
      >
        {children}
        <span className="data-table-count" data-testid="row-count">
          {rowCountWords(order.length, table.rows.length)}
        </span>
        <output>{copying.said}</output>
      </DataTableToolbar>
      <DataTableGrid
        {...{ label, table, timeUnit, notes, isMarked, shown }}
        actions={{
          onSelect,
          onMenu,
          onClick: (place) => props.onClickRow?.(cellsAt(place)),
          onActivate: (place) => props.onActivate?.(cellsAt(place)),
          onCopy: () => void copying.copySelected(),
        }}
      />
      {menu && <ContextMenu label={label} {...menu} onClose={closeMenu} />}
    </div>
  );
}

function rowCountWords(shownCount: number, count: number): string {
  const words = count === 1 ? '1 row' : `${count.toLocaleString('en-US')} rows`;
  return shownCount === count ? words : `${shownCount.toLocaleString('en-US')} of ${words}`;
}
