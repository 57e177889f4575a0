// One report of the panel, with what it is restricted to, and what stands there while there are no rows.

import { formatNs } from '../../../../shared/units/format';
import type { WindowTable } from '../../../../shared/window/methods';
import type { Cell, TimeUnit } from '../../model/table/columns';
import type { TimeRange } from '../../state/session-store';
import { DataTable } from '../../widgets/data-table';
import { EmptyState } from '../../widgets/empty-state';
import { Notice } from '../../widgets/notice';
import { Progress } from '../../widgets/progress';
import { cellUnder, EMPTY_WORDS, HEADER_NOTES, type REPORT_TABS, sliceName } from './report-tabs';
import type { LiveAnswer } from './use-live-answer';

/** An answer with the question it answers, because the selection may have moved on. */
export interface ReportAnswer {
  readonly report: string;
  readonly range: TimeRange | undefined;
  readonly table: WindowTable;
}

interface ReportViewProps {
  readonly tab: (typeof REPORT_TABS)[number];
  readonly report: string;
  readonly answer: LiveAnswer<ReportAnswer>;
  readonly timeUnit: TimeUnit;
  readonly onTimeUnit: (timeUnit: TimeUnit) => void;
  /** What the timeline is filtered by; '' when it is not. */
  readonly nameFilter: string;
  readonly onFilterName: (name: string) => void;
  readonly onZoomTo: (name: string) => void;
  readonly onSelect: (table: WindowTable, cells: readonly Cell[]) => void;
  readonly onSaveCsv: (csv: string) => void;
  readonly command: string;
}

/** "of the selected range (12.3 ms)" or "whole session". */
export function rangeWords(range: TimeRange | undefined): string {
  return range ? `of the selected range (${formatNs(range.toNs - range.fromNs)})` : 'whole session';
}

/** The table of one tab. */
export function ReportView(props: ReportViewProps) {
  const { tab, report, nameFilter } = props;
  const { answer, failure, isLoading, askAgain } = props.answer;
  const shown = answer?.report === report ? answer : undefined;
  const nameOf = (cells: readonly Cell[]) => {
    const text = shown && cellUnder(shown.table, cells, tab.nameColumn);
    return typeof text === 'string' && text !== '' ? sliceName(tab.id, text) : undefined;
  };
  return (
    <div className="report-view">
      <div className="report-view-progress">{isLoading && <Progress label={`Asking for ${tab.title}`} />}</div>
      {failure && <Notice severity="error" {...failure} action={{ title: 'Try again', run: askAgain }} />}
      {shown && shown.table.rows.length === 0 && (
        <EmptyState title={`${EMPTY_WORDS[tab.id][0]} ${shown.range ? 'in the selected range' : 'in this session'}.`}>
          {EMPTY_WORDS[tab.id][1]}
        </EmptyState>
      )}
      {shown && shown.table.rows.length > 0 && (
        <DataTable
          key={report}
          label={tab.title}
          table={shown.table}
          timeUnit={props.timeUnit}
          onTimeUnit={props.onTimeUnit}
          notes={HEADER_NOTES}
          command={props.command}
          isMarked={(cells) => nameFilter !== '' && nameOf(cells) === nameFilter}
          onSelect={(cells) => props.onSelect(shown.table, cells)}
          onClickRow={(cells) => {
            const name = nameOf(cells);
            if (name !== undefined) props.onFilterName(name === nameFilter ? '' : name);
          }}
          onActivate={(cells) => {
            const name = nameOf(cells);
            if (name === undefined) return;
            props.onFilterName(name);
            props.onZoomTo(name);
          }}
          onSaveCsv={props.onSaveCsv}
        >
          <span data-testid="report-range">{rangeWords(shown.range)}</span>
        </DataTable>
      )}
    </div>
  );
}
