import { type CSSProperties, memo } from 'react';
import { type Cell, type ColumnKind, formatCell, type TableColumn, type TimeUnit } from '../model/table/columns';
import { GridPart } from './grid-part';

interface RowProps {
  readonly id: string;
  readonly cells: readonly Cell[];
  readonly columns: readonly TableColumn[];
  readonly kinds: readonly ColumnKind[];
  readonly timeUnit: TimeUnit;
  /** Place in what is shown. */
  readonly place: number;
  readonly topPx: number;
  readonly isSelected: boolean;
  /** The timeline shows it. */
  readonly isMarked: boolean;
}

function shareStyle(kind: ColumnKind, cell: Cell): CSSProperties | undefined {
  if (kind !== 'percent' || typeof cell !== 'number') return undefined;
  return { '--share': `${Math.max(0, Math.min(100, cell))}%` } as CSSProperties;
}

/** One row of a table. Pure: drawn anew only when something of it changed. */
export const DataTableRow = memo(function DataTableRow(props: RowProps) {
  const { id, cells, columns, kinds, timeUnit, place, topPx, isSelected, isMarked } = props;
  return (
    <GridPart
      id={id}
      role="row"
      aria-rowindex={place + 2}
      aria-selected={isSelected}
      data-marked={isMarked}
      data-place={place}
      data-testid="table-row"
      style={{ transform: `translateY(${topPx}px)` }}
    >
      {columns.map(({ name }, index) => {
        const text = formatCell(cells[index], kinds[index], timeUnit);
        return (
          <GridPart
            key={name}
            role="gridcell"
            aria-colindex={index + 1}
            data-kind={kinds[index]}
            style={shareStyle(kinds[index], cells[index])}
            title={kinds[index] === 'text' ? text : undefined}
          >
            {text}
          </GridPart>
        );
      })}
    </GridPart>
  );
});
