import type { KeyboardEvent, PointerEvent } from 'react';
import { columnKind, headerOf, type TableColumn, type TimeUnit } from '../model/table/columns';
import type { Sorting } from '../model/table/sort-rows';
import { GridPart } from './grid-part';

interface HeaderCellProps {
  readonly column: TableColumn;
  readonly index: number;
  readonly timeUnit: TimeUnit;
  readonly sorting: Sorting | undefined;
  readonly note: string | undefined;
  readonly widthPx: number;
  readonly onSort: () => void;
  readonly onResize: (widthPx: number | undefined) => void;
}

const KEY_STEP_PX = 16;

/** The name of a column: a click sorts, the edge at its right or Alt with an arrow key resizes it. */
export function HeaderCell(props: HeaderCellProps) {
  const { column, index, timeUnit, sorting, note, widthPx, onSort, onResize } = props;
  const direction = sorting?.column === index ? sorting.direction : undefined;
  const title = headerOf(column, timeUnit);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -KEY_STEP_PX, ArrowRight: KEY_STEP_PX }[event.key];
    if (!event.altKey || step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    onResize(widthPx + step);
  };
  return (
    <GridPart
      role="columnheader"
      aria-label={title}
      aria-sort={direction ?? 'none'}
      aria-colindex={index + 1}
      data-kind={columnKind(column)}
      data-testid={`column-${column.name}`}
    >
      <button type="button" onClick={onSort} onKeyDown={onKeyDown} title={note ? `${title}: ${note}` : title}>
        <span>{title}</span>
        <span className="sort-mark" aria-hidden="true">
          {direction === 'ascending' ? '▲' : direction === 'descending' ? '▼' : ''}
        </span>
      </button>
      <ResizeEdge {...props} />
    </GridPart>
  );
}

function ResizeEdge({ column, widthPx, onResize }: HeaderCellProps) {
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    event.preventDefault();
    const edge = event.currentTarget;
    const grabbedPx = event.clientX;
    // The last column may be wider than its own width, because it takes what is left.
    const fromPx = edge.parentElement?.offsetWidth || widthPx;
    edge.setPointerCapture?.(event.pointerId);
    const onMove = (moved: globalThis.PointerEvent) => onResize(fromPx + moved.clientX - grabbedPx);
    const onUp = () => {
      edge.removeEventListener('pointermove', onMove);
      edge.removeEventListener('pointerup', onUp);
      edge.removeEventListener('pointercancel', onUp);
    };
    edge.addEventListener('pointermove', onMove);
    edge.addEventListener('pointerup', onUp);
    edge.addEventListener('pointercancel', onUp);
  };
  return (
    <hr
      className="resize-edge"
      aria-orientation="vertical"
      aria-label={`Width of ${column.name}`}
      aria-valuenow={widthPx}
      tabIndex={-1}
      onPointerDown={onPointerDown}
      onDoubleClick={() => onResize(undefined)}
    />
  );
}
