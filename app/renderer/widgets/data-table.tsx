// Any report as a table that is drawn only where it is seen: sorted by its headers, filtered, selected and copied from. The rows are the
// caller's; a table that is asked again keeps its sorting, filter and selection.

import './data-table.css';
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  useCallback,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { WindowTable } from '../../../shared/window/methods';
import { type Cell, columnKind, type TimeUnit } from '../model/table/columns';
import { moveSelection, type RowSelection } from '../model/table/row-selection';
import { ContextMenu, type MenuItem } from './context-menu';
import { HeaderCell } from './data-table-header';
import { DataTableRow } from './data-table-row';
import { DataTableToolbar } from './data-table-toolbar';
import { GridPart } from './grid-part';
import { useColumnWidths } from './use-column-widths';
import { useTableCopy } from './use-table-copy';
import { useTableRows } from './use-table-rows';

export interface DataTableProps {
  /** Accessible name. */
  readonly label: string;
  readonly table: WindowTable;
  /** In which times are shown and copied. */
  readonly timeUnit: TimeUnit;
  readonly onTimeUnit: (timeUnit: TimeUnit) => void;
  /** What a header says when the pointer rests on it, by the name of the column. */
  readonly notes?: Readonly<Record<string, string>>;
  /** The command line that gives the same. */
  readonly command?: string;
  /** Rows that the rest of the window shows. */
  readonly isMarked?: (cells: readonly Cell[]) => boolean;
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

const ROW_PX = 22;
const HEADER_PX = 26;

interface OpenMenu {
  readonly items: readonly MenuItem[];
  readonly xPx: number;
  readonly yPx: number;
}

function placeAt(event: MouseEvent): number | undefined {
  const place = (event.target as Element).closest<HTMLElement>('[data-place]')?.dataset.place;
  return place === undefined ? undefined : Number(place);
}

/** A grid over one report. */
export function DataTable(props: DataTableProps) {
  const { label, table, timeUnit, onTimeUnit, notes, command, isMarked, onSaveCsv, children } = props;
  const rows = useTableRows(table);
  const { order, keys, sorting, selection, selectedRows } = rows;
  const copying = useTableCopy({ table, timeUnit, order, selectedRows, command });
  const widths = useColumnWidths();
  const kinds = useMemo(() => table.columns.map(columnKind), [table.columns]);
  const [menu, setMenu] = useState<OpenMenu>();
  const closeMenu = useCallback(() => setMenu(undefined), []);
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: order.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: (place) => keys[order[place]],
    scrollMargin: HEADER_PX,
    scrollPaddingStart: HEADER_PX,
    overscan: 8,
  });
  const cellsAt = (place: number) => table.rows[order[place]];
  const select = (next: RowSelection) => {
    rows.select(next);
    virtualizer.scrollToIndex(next.focus);
    props.onSelect?.(cellsAt(next.focus));
  };
  // The focus stays on the grid, whose active descendant is the row; a cell would take it.
  const onMouseDown = (event: MouseEvent) => {
    if (placeAt(event) === undefined) return;
    event.preventDefault();
    grid.current?.focus({ preventScroll: true });
  };
  const onClick = (event: MouseEvent) => {
    const place = placeAt(event);
    if (place === undefined) return;
    if (event.detail > 1) return; // the second click of a double click undoes nothing
    select({ anchor: event.shiftKey && selection ? selection.anchor : place, focus: place });
    if (!event.shiftKey) props.onClickRow?.(cellsAt(place));
  };
  const onDoubleClick = (event: MouseEvent) => {
    const place = placeAt(event);
    if (place !== undefined) props.onActivate?.(cellsAt(place));
  };
  const onContextMenu = (event: MouseEvent) => {
    const place = placeAt(event) ?? selection?.focus;
    if (place === undefined) return;
    event.preventDefault();
    const row = order[place];
    if (!selectedRows.includes(row)) select({ anchor: place, focus: place });
    const column = Number((event.target as Element).closest('[role=gridcell]')?.getAttribute('aria-colindex') ?? 1) - 1;
    setMenu({ items: copying.menuItems(row, column), xPx: event.clientX, yPx: event.clientY });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return; // a button of the header
    if ((event.ctrlKey || event.metaKey) && event.key === 'c') {
      event.preventDefault();
      void copying.copySelected();
      return;
    }
    const pageCount = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_PX) - 2);
    const next = moveSelection(selection, event, order.length, pageCount);
    if (next) select(next);
    else if (selection && event.key === 'Enter') props.onActivate?.(cellsAt(selection.focus));
    else if (selection && event.key === ' ') props.onClickRow?.(cellsAt(selection.focus));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const template = widths.template(table.columns);
  return (
    <div className="data-table" data-testid="data-table">
      <DataTableToolbar
        filterText={rows.filterText}
        filterSentence={rows.filterSentence}
        onFilter={rows.setFilterText}
        timeUnit={kinds.includes('time') ? timeUnit : undefined}
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
      <div className="data-table-scroller" ref={scroller}>
        <GridPart
          ref={grid}
          role="grid"
          tabIndex={0}
          aria-label={label}
          aria-rowcount={order.length + 1}
          aria-colcount={table.columns.length}
          aria-multiselectable="true"
          aria-activedescendant={selection && `${id}-${selection.focus}`}
          style={{ '--columns': template } as React.CSSProperties}
          onMouseDown={onMouseDown}
          onClick={onClick}
          onDoubleClick={onDoubleClick}
          onContextMenu={onContextMenu}
          onKeyDown={onKeyDown}
        >
          <GridPart role="rowgroup" className="data-table-head">
            <GridPart role="row" aria-rowindex={1}>
              {table.columns.map((column, index) => (
                <HeaderCell
                  key={column.name}
                  column={column}
                  index={index}
                  timeUnit={timeUnit}
                  sorting={sorting}
                  note={notes?.[column.name]}
                  widthPx={widths.widthPxOf(column)}
                  onSort={() => rows.sortBy(index)}
                  onResize={(widthPx) => widths.resize(column, widthPx)}
                />
              ))}
            </GridPart>
          </GridPart>
          <GridPart role="rowgroup" className="data-table-body" style={{ height: virtualizer.getTotalSize() }}>
            {virtualizer.getVirtualItems().map(({ index: place, key, start }) => (
              <DataTableRow
                key={key}
                id={`${id}-${place}`}
                cells={cellsAt(place)}
                columns={table.columns}
                kinds={kinds}
                timeUnit={timeUnit}
                place={place}
                topPx={start - HEADER_PX}
                isSelected={selectedRows.includes(order[place])}
                isMarked={isMarked?.(cellsAt(place)) ?? false}
              />
            ))}
          </GridPart>
        </GridPart>
        {order.length === 0 && table.rows.length > 0 && (
          <p className="data-table-none">No row matches the filter. Press Esc in its box to see all rows.</p>
        )}
      </div>
      {menu && <ContextMenu label={label} {...menu} onClose={closeMenu} />}
    </div>
  );
}

function rowCountWords(shownCount: number, count: number): string {
  const words = count === 1 ? '1 row' : `${count.toLocaleString('en-US')} rows`;
  return shownCount === count ? words : `${shownCount.toLocaleString('en-US')} of ${words}`;
}
