import type { ReactNode } from 'react';
import { TIME_UNITS, type TimeUnit } from '../model/table/columns';
import { Button } from './button';
import { TextField } from './text-field';

interface ToolbarProps {
  readonly filterText: string;
  readonly filterSentence: string | undefined;
  readonly onFilter: (text: string) => void;
  /** undefined when no column is a time. */
  readonly timeUnit: TimeUnit | undefined;
  readonly onTimeUnit: (timeUnit: TimeUnit) => void;
  readonly onCopy: () => void;
  readonly onSaveCsv: (() => void) | undefined;
  readonly isEmpty: boolean;
  /** What the caller says about the table, at the right of the filter. */
  readonly children?: ReactNode;
}

/** Over a table: filter, unit of time, copy, save. */
export function DataTableToolbar(props: ToolbarProps) {
  const { filterText, filterSentence, onFilter, timeUnit, onTimeUnit, onCopy, onSaveCsv, isEmpty, children } = props;
  return (
    <div className="data-table-toolbar">
      <TextField
        label="Filter rows"
        isLabelHidden
        placeholder="Filter, or /regular expression/"
        value={filterText}
        onChange={onFilter}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || filterText === '') return;
          event.stopPropagation();
          onFilter('');
        }}
        error={filterSentence}
        data-testid="table-filter"
      />
      <div className="data-table-said">{children}</div>
      {timeUnit !== undefined && (
        <label className="data-table-unit">
          Time in
          <select
            className="widget-field"
            value={timeUnit}
            onChange={(event) => onTimeUnit(event.target.value as TimeUnit)}
            data-testid="table-time-unit"
          >
            {TIME_UNITS.map((unit) => (
              <option key={unit}>{unit}</option>
            ))}
          </select>
        </label>
      )}
      <Button
        onClick={onCopy}
        disabled={isEmpty}
        title="Copy all rows as shown, tab-separated"
        data-testid="table-copy"
      >
        Copy
      </Button>
      {onSaveCsv && (
        <Button onClick={onSaveCsv} disabled={isEmpty} title="Save all rows as shown" data-testid="table-csv">
          CSV
        </Button>
      )}
    </div>
  );
}
