import { useMemo, useState } from 'react';
import { INDEX_COLUMN, POINT_NOTES, pointTable } from '../../model/laboratory/point-table';
import { experimentTitle } from '../../model/laboratory/words';
import type { Cell, TimeUnit } from '../../model/table/columns';
import { DataTable } from '../../widgets/data-table';
import { EmptyState } from '../../widgets/empty-state';
import { type ResultView, waitingWords } from './views';

interface PointsViewProps extends ResultView {
  readonly onShowOnTimeline: (index: number) => void;
  readonly onSaveCsv: (name: string, csv: string) => void;
}

/** All figures of all points; Enter or a double click shows one on the timeline. */
export function PointsView(props: PointsViewProps) {
  const { experiment, points, baselines, pickedIndex, onPick, onShowOnTimeline, onSaveCsv } = props;
  const [timeUnit, setTimeUnit] = useState<TimeUnit>('auto');
  const { device, deviceKind } = experiment;
  const table = useMemo(
    () => pointTable(points, { device, deviceKind }, baselines),
    [points, device, deviceKind, baselines],
  );
  const indexAt = table.columns.findIndex(({ name }) => name === INDEX_COLUMN);
  const indexOf = (cells: readonly Cell[]) => Number(cells[indexAt]);
  if (points.length === 0) {
    return <EmptyState title="No points">{waitingWords(experiment)}</EmptyState>;
  }
  return (
    <DataTable
      label="Points"
      table={table}
      timeUnit={timeUnit}
      onTimeUnit={setTimeUnit}
      notes={POINT_NOTES}
      isMarked={(cells) => indexOf(cells) === pickedIndex}
      onSelect={(cells) => onPick(indexOf(cells))}
      onActivate={(cells) => onShowOnTimeline(indexOf(cells))}
      onSaveCsv={(csv) => onSaveCsv(`${experimentTitle(experiment)}.csv`, csv)}
    />
  );
}
