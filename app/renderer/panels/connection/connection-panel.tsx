// How the link stands, in numbers: state, round trip, rate, losses by stage, and what the probe says of itself.

import { formatBytes, formatCount } from '../../../../shared/units/format';
import { useActions, useFacts } from '../../context';
import { useSessionQuery } from '../../use-session-query';
import { Button } from '../../widgets/button';
import { Versions } from './versions';

const LOSS_SQL = `
  SELECT stage, reason, sum(count) AS records, sum(bytes) AS bytes FROM loss GROUP BY stage, reason
  UNION ALL SELECT 'probe ring', 'left the ring before it was read', sum("rowCount"), 0 FROM gap HAVING count(*) > 0
  ORDER BY 3 DESC`;
const DIAGNOSTIC_SQL = `SELECT DISTINCT severity, sentence, remedy FROM diagnostic ORDER BY severity DESC LIMIT 50`;

const ASK_MS = 2000;

function LinkFacts() {
  const status = useFacts((facts) => facts.status);
  const { target, kind } = useFacts((facts) => facts.description);
  if (kind === 'file') return <p className="muted">This session comes from a file; there is no connection.</p>;
  if (!status) return <p className="muted">Connecting…</p>;
  const ms = (value: number | undefined) => (value === undefined ? '–' : `${value.toFixed(2)} ms`);
  return (
    <dl className="facts">
      <dt>State</dt>
      <dd data-testid="connection-state">{status.state}</dd>
      {status.sentence && (
        <>
          <dt>Because</dt>
          <dd>
            {status.sentence} {status.remedy}
          </dd>
        </>
      )}
      <dt>Machine</dt>
      <dd>{target ?? 'this machine'}</dd>
      <dt>Round trip</dt>
      <dd>{ms(status.roundTripMs)}</dd>
      <dt>Rate</dt>
      <dd>{((status.bytesPerSec * 8) / 1e6).toFixed(2)} Mbit/s</dd>
      <dt>Received</dt>
      <dd>{formatBytes(status.bytes)}</dd>
      <dt>Backlog at the probe</dt>
      <dd>{status.backlogPackets === undefined ? '–' : `${formatCount(status.backlogPackets)} packets`}</dd>
      <dt>Ring on disk</dt>
      <dd>
        {status.spoolBytes === undefined ? '–' : formatBytes(status.spoolBytes)}
        {status.isDiskFull && ' (the disk is full: nothing more is recorded)'}
      </dd>
      <dt>Probe</dt>
      <dd>
        {status.probeLoadRatio === undefined ? '–' : `${(status.probeLoadRatio * 100).toFixed(1)} % of one core`}
        {status.probeMemoryBytes !== undefined && `, ${formatBytes(status.probeMemoryBytes)}`}
      </dd>
      <dt>Clock error</dt>
      <dd title="Half the round trip: how far the board's time and this machine's may be apart when they are compared">
        {status.clockErrorMs === undefined ? '–' : `± ${ms(status.clockErrorMs)}`}
      </dd>
      <dt>Reconnects</dt>
      <dd>{formatCount(status.reconnectCount)}</dd>
      <dt>Damaged packets</dt>
      <dd>{formatCount(status.damagedCount)}</dd>
    </dl>
  );
}

function Losses() {
  const losses = useSessionQuery(LOSS_SQL, ASK_MS);
  if (!losses) return <p className="muted">…</p>;
  if (losses.rows.length === 0) return <p>Nothing was lost.</p>;
  return (
    <ul>
      {losses.rows.map(([stage, reason, records, bytes]) => (
        <li key={`${stage}.${reason}`}>
          {String(stage)}:{' '}
          {Number(records) > 0 ? `${formatCount(Number(records))} records` : formatBytes(Number(bytes))},{' '}
          {String(reason)}
        </li>
      ))}
    </ul>
  );
}

function Diagnostics() {
  const diagnostics = useSessionQuery(DIAGNOSTIC_SQL, ASK_MS);
  if (!diagnostics || diagnostics.rows.length === 0) return <p className="muted">None.</p>;
  return (
    <ul>
      {diagnostics.rows.map(([severity, sentence, remedy]) => (
        <li key={String(sentence)} style={{ color: Number(severity) >= 2 ? 'var(--warn)' : undefined }}>
          {String(sentence)} <span className="muted">{String(remedy)}</span>
        </li>
      ))}
    </ul>
  );
}

/** A command to be run on the board, ready to be copied. */
function CopyableCommand({ command }: { readonly command: string }) {
  const { bridge } = useActions();
  return (
    <p>
      <code className="mono">{command}</code> <Button onClick={() => bridge.copyText(command)}>Copy</Button>
    </p>
  );
}

export function ConnectionPanel() {
  const { warnings, target } = useFacts((facts) => facts.description);
  return (
    <div className="panel" data-testid="connection-panel">
      <h3>Connection</h3>
      <LinkFacts />
      {warnings.map(({ sentence, remedy, command }) => (
        <div key={sentence} data-testid="finding">
          <p style={{ color: 'var(--warn)' }}>
            {sentence} {remedy}
          </p>
          {command && <CopyableCommand command={command} />}
        </div>
      ))}
      {target !== undefined && <Versions />}
      <h3>Losses</h3>
      <Losses />
      <h3>Diagnostics</h3>
      <Diagnostics />
    </div>
  );
}
