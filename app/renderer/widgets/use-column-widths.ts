import { useState } from 'react';
import { type ColumnKind, columnKind, type TableColumn } from '../model/table/columns';

const WIDTH_PX: Readonly<Record<ColumnKind, number>> = { text: 220, time: 84, percent: 76, id: 60, number: 84 };
/** About the width of a letter of a header. */
const LETTER_PX = 6.6;
const WIDTH_PX_MIN = 44;
const WIDTH_PX_MAX = 2000;
/** Columns of short words, such as a grid. */
const SHORT_TEXT_PX = 120;
const SHORT_TEXTS = new Set(['GridXYZ', 'BlockXYZ', 'Style', 'Kind', 'Stage', 'Model']);

interface ColumnWidths {
  readonly widthPxOf: (column: TableColumn) => number;
  /** undefined gives it its first width back. */
  readonly resize: (column: TableColumn, widthPx: number | undefined) => void;
  /** For grid-template-columns: the last column of texts takes what is left. */
  readonly template: (columns: readonly TableColumn[]) => string;
}

function firstWidthPx(column: TableColumn): number {
  if (SHORT_TEXTS.has(column.name)) return SHORT_TEXT_PX;
  return Math.max(WIDTH_PX[columnKind(column)], Math.ceil(column.name.length * LETTER_PX) + 20);
}

/** Widths of columns by name, as a person dragged them. */
export function useColumnWidths(): ColumnWidths {
  const [chosen, setChosen] = useState<Readonly<Record<string, number>>>({});
  const widthPxOf = (column: TableColumn) => chosen[column.name] ?? firstWidthPx(column);
  return {
    widthPxOf,
    resize: ({ name }, widthPx) =>
      setChosen(({ [name]: _before, ...others }) =>
        widthPx === undefined
          ? others
          : { ...others, [name]: Math.round(Math.max(WIDTH_PX_MIN, Math.min(WIDTH_PX_MAX, widthPx))) },
      ),
    template: (columns) =>
      columns
        .map((column, index) => {
          const isRest = index === columns.length - 1 && column.isText && chosen[column.name] === undefined;
          return isRest ? `minmax(${widthPxOf(column)}px, 1fr)` : `${widthPxOf(column)}px`;
        })
        .join(' '),
  };
}
