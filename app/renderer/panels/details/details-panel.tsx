// Everything about the row that was clicked, asked of the session's store.

import { copyWords, enumWord } from '../../../../shared/model/enums';
import { formatBytes, formatCount, formatNs } from '../../../../shared/units/format';
import { useChoices, useSession } from '../../context';
import type { RowRef } from '../../state/session-store';
import { Button } from '../../widgets/button';
import { BatchLinkView } from './batch-link-view';
import { useTable } from './use-table';

/** The whole row, by what names it. */
function detailSql({ table, source, startNs, correlation }: RowRef): string {
  const by = correlation > 0 && table !== 'range' ? ` AND correlation = ${correlation}` : '';
  const time = table === 'gap' || table === 'diagnostic' ? 'timeNs' : 'startNs';
  return `SELECT * FROM ${table} WHERE source = ${source} AND "${time}" = ${startNs}${by} LIMIT 1`;
}

/** All that belongs to one launch, in order of time. */
function linkedSql({ source, correlation }: RowRef): string {
  const of = (table: string, name: string) =>
    `SELECT '${table}' AS kind, "startNs", "durationNs", ${name} AS name FROM ${table} t WHERE t.source = ${source} AND correlation = ${correlation}`;
  const named = `(SELECT any_value(n.text) FROM name n WHERE n.source = t.source AND n.id = t.name)`;
  return `${of('api', named)} UNION ALL ${of('kernel', named)} UNION ALL ${of('memcpy', "'Memcpy'")} UNION ALL ${of('memset', "'Memset'")} ORDER BY 2 LIMIT 200`;
}

const UNITS: readonly (readonly [RegExp, (value: number) => string])[] = [
  [/Ns$/, formatNs],
  [/[bB]ytes$/, formatBytes],
  [/^direction$/, copyWords],
  [/^(sourceKind|targetKind)$/, (value) => enumWord('memoryKind', value)],
];

function shown(name: string, value: unknown): string {
  if (typeof value !== 'number') return String(value);
  const unit = UNITS.find(([pattern]) => pattern.test(name));
  if (value < 0) return 'not measured';
  return unit ? unit[1](value) : formatCount(value);
}

/** startNs → start; staticSharedBytes → static shared bytes. */
function words(column: string): string {
  return column.replace(/Ns$/, '').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

const HIDDEN = new Set(['source', 'name', 'domain', 'category']);

export function DetailsPanel() {
  const selected = useChoices((choices) => choices.selected);
  const { choices } = useSession();
  const row = useTable(selected && detailSql(selected));
  const linked = useTable(selected && selected.correlation > 0 ? linkedSql(selected) : undefined);
  if (!selected) return <p className="panel muted">Click a slice on the timeline to see all about it.</p>;
  const cells = row?.rows[0];
  return (
    <div className="panel" data-testid="details-panel">
      <h3>{selected.table}</h3>
      <p className="mono" style={{ overflowWrap: 'anywhere' }} data-testid="details-name">
        {selected.name}
      </p>
      <BatchLinkView row={selected} />
      <dl className="facts">
        {cells &&
          row.columns.map(({ name }, index) =>
            HIDDEN.has(name) ? undefined : (
              <div key={name} style={{ display: 'contents' }}>
                <dt>{words(name)}</dt>
                <dd>{shown(name, cells[index])}</dd>
              </div>
            ),
          )}
      </dl>
      {linked && linked.rows.length > 1 && (
        <>
          <h3>Launch and work</h3>
          <ul style={{ listStyle: 'none', margin: 0, padding: 0 }}>
            {linked.rows.map(([kind, startNs, durationNs, name]) => (
              <li key={`${kind}.${startNs}`}>
                <Button
                  kind="plain"
                  style={{ textAlign: 'left' }}
                  onClick={() =>
                    choices.setState({
                      isFollowing: false,
                      view: zoomAround(Number(startNs), Number(durationNs)),
                      selected: {
                        table: kind as RowRef['table'],
                        source: selected.source,
                        startNs: Number(startNs),
                        durationNs: Number(durationNs),
                        correlation: selected.correlation,
                        name: String(name),
                      },
                    })
                  }
                >
                  {String(kind)} <span className="mono">{String(name).slice(0, 80)}</span>{' '}
                  <span className="muted">
                    at {formatNs(Number(startNs))}, {formatNs(Number(durationNs))}
                  </span>
                </Button>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

function zoomAround(startNs: number, durationNs: number) {
  const marginNs = Math.max(durationNs, 1000) * 2;
  return { fromNs: startNs - marginNs, toNs: startNs + Math.max(durationNs, 0) + marginNs };
}
