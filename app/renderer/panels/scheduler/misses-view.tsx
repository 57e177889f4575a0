// Requests that missed their deadline, each with its cause in words.

import { useMemo, useState } from 'react';
import { formatCount } from '../../../../shared/units/format';
import {
  MISSES_MAX,
  type Miss,
  missesOf,
  missTable,
  type RequestRef,
  requestOfCells,
} from '../../model/scheduler/misses';
import type { TimeUnit } from '../../model/table/columns';
import { Button } from '../../widgets/button';
import { DataTable } from '../../widgets/data-table';
import { EmptyState } from '../../widgets/empty-state';
import type { SchedulerRows } from './use-scheduler';

interface MissesViewProps {
  readonly rows: SchedulerRows;
  readonly picked: RequestRef | undefined;
  readonly hasMarks: boolean;
  readonly onPick: (request: RequestRef) => void;
  readonly onMark: (misses: readonly Miss[]) => void;
  readonly onUnmark: () => void;
  readonly onSaveCsv: (name: string, csv: string) => void;
}

export function MissesView({ rows, picked, hasMarks, onPick, onMark, onUnmark, onSaveCsv }: MissesViewProps) {
  const [timeUnit, setTimeUnit] = useState<TimeUnit>('auto');
  const misses = useMemo(() => missesOf(rows.tables.misses), [rows.tables.misses]);
  const table = useMemo(() => missTable(misses), [misses]);
  const pick = (cells: readonly unknown[]) => {
    const request = requestOfCells(cells, misses);
    if (request) onPick(request);
  };
  const unmark = hasMarks && <Button onClick={onUnmark}>Remove the marks</Button>;
  if (misses.length === 0) {
    return (
      <EmptyState title="No deadline was missed in this range">
        Requests that were late, rejected or failed are listed here with the reason. {unmark}
      </EmptyState>
    );
  }
  const count = misses.length >= MISSES_MAX ? `The newest ${formatCount(MISSES_MAX)}` : formatCount(misses.length);
  return (
    <div className="scheduler-view scheduler-misses" data-testid="scheduler-misses" data-item-count={misses.length}>
      <div className="laboratory-row">
        <p className="laboratory-hint">{count} missed deadlines. Choose one to see its whole life.</p>
        <Button onClick={() => onMark(misses)} data-testid="scheduler-mark">
          Mark on the timeline
        </Button>
        {unmark}
      </div>
      <DataTable
        label="Deadline misses"
        table={table}
        timeUnit={timeUnit}
        onTimeUnit={setTimeUnit}
        isMarked={(cells) => {
          const request = requestOfCells(cells, misses);
          return picked !== undefined && request?.source === picked.source && request.request === picked.request;
        }}
        onSelect={pick}
        onActivate={pick}
        onSaveCsv={(csv) => onSaveCsv('deadline-misses.csv', csv)}
      />
    </div>
  );
}
