// The part of a table that is drawn only where it is seen: rows have one height, and stand where their place says.

import { useVirtualizer } from '@tanstack/react-virtual';
import { type CSSProperties, useId, useMemo, useRef } from 'react';
import type { WindowTable } from '../../../shared/window/methods';
import { type Cell, columnKind, type TimeUnit } from '../model/table/columns';
import { HeaderCell } from './data-table-header';
import { DataTableRow } from './data-table-row';
import { type GridActions, gridEvents } from './grid-events';
import { GridPart } from './grid-part';
import { useColumnWidths } from './use-column-widths';
import type { TableRows } from './use-table-rows';

/** What a table shows, whoever draws it. */
export interface ShownTable {
  /** Accessible name. */
  readonly label: string;
  readonly table: WindowTable;
  /** In which times are shown and copied. */
  readonly timeUnit: TimeUnit;
  /** What a header says when the pointer rests on it, by the name of the column. */
  readonly notes?: Readonly<Record<string, string>>;
  /** Rows that the rest of the window shows. */
  readonly isMarked?: (cells: readonly Cell[]) => boolean;
}

interface DataTableGridProps extends ShownTable {
  readonly shown: TableRows;
  readonly actions: Omit<GridActions, 'rowCount' | 'selection' | 'pageCount' | 'onFocus'>;
}

const ROW_PX = 22;
const HEADER_PX = 26;

/** The header and those rows of a table that are in view. */
export function DataTableGrid({ label, table, timeUnit, notes, isMarked, shown, actions }: DataTableGridProps) {
  const { order, keys, sorting, selection, selectedRows } = shown;
  const widths = useColumnWidths();
  const kinds = useMemo(() => table.columns.map(columnKind), [table.columns]);
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
  const events = gridEvents({
    ...actions,
    rowCount: order.length,
    selection,
    pageCount: () => Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_PX) - 2),
    onFocus: () => grid.current?.focus({ preventScroll: true }),
    onSelect: (next) => {
      virtualizer.scrollToIndex(next.focus);
      actions.onSelect(next);
    },
  });
  return (
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
        style={{ '--columns': widths.template(table.columns) } as CSSProperties}
        {...events}
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
                onSort={() => shown.sortBy(index)}
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
              cells={table.rows[order[place]]}
              columns={table.columns}
              kinds={kinds}
              timeUnit={timeUnit}
              place={place}
              topPx={start - HEADER_PX}
              isSelected={selectedRows.includes(order[place])}
              isMarked={isMarked?.(table.rows[order[place]]) ?? false}
            />
          ))}
        </GridPart>
      </GridPart>
      {order.length === 0 && table.rows.length > 0 && (
        <p className="data-table-none">No row matches the filter. Press Esc in its box to see all rows.</p>
      )}
    </div>
  );
}
