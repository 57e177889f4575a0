// Where physical RAM went, on boards whose GPU shares it.

import { formatBytes } from '../../../../shared/units/format';
import type { LedgerPartName } from '../../model/memory/ledger';
import type { AskMemory, LedgerAt } from '../../worker/memory-methods';
import './ledger-bar.css';
import { LEDGER_WORDS, percent } from './memory-words';
import { useAnswer } from './use-answer';

interface LedgerBarProps {
  readonly ask: AskMemory;
  readonly revision: number;
  readonly atNs: number | undefined;
  readonly formatTime: (timeNs: number) => string;
}

/** Where each part comes from. */
const SOURCES: Readonly<Record<LedgerPartName, string>> = {
  cuda: 'live bytes of the traced allocations',
  other: 'total - CUDA - page cache - free; also what the traced program itself holds outside CUDA',
  cached: 'Cached of /proc/meminfo',
  free: 'MemFree of /proc/meminfo',
};

export function LedgerBar({ ask, revision, atNs, formatTime }: LedgerBarProps) {
  const { answer } = useAnswer(`${atNs}`, revision, () => ask('memory/ledger', { timeNs: atNs }));
  if (!answer) return undefined;
  const reason = whyNone(answer);
  return (
    <section className="memory-ledger" aria-label="Physical RAM" data-testid="memory-ledger">
      <h3>
        RAM{' '}
        {answer.totalBytes !== undefined && reason === undefined && (
          <span className="memory-number">{formatBytes(answer.totalBytes)}</span>
        )}
      </h3>
      {reason === undefined ? (
        <Parts ledger={answer} formatTime={formatTime} />
      ) : (
        <p className="memory-hint">{reason}</p>
      )}
    </section>
  );
}

function whyNone({ isUnified, totalBytes }: LedgerAt): string | undefined {
  if (totalBytes === undefined) return 'No reading of RAM until this moment. Choose a later one.';
  if (isUnified === false)
    return 'This GPU has memory of its own; the ledger of RAM is for boards with unified memory.';
  if (isUnified === undefined) return 'The device is not known yet.';
  return undefined;
}

function Parts({ ledger, formatTime }: { readonly ledger: LedgerAt; readonly formatTime: (timeNs: number) => string }) {
  const { parts, unknownBytes = 0, totalBytes = 1, untouchedBytes, readNs } = ledger;
  const unknown = parts.filter(({ bytes }) => bytes === undefined).map(({ name }) => LEDGER_WORDS[name]);
  const share = (bytes: number) => ({ width: `${(bytes / totalBytes) * 100}%` });
  return (
    <div className="memory-ledger-parts">
      <div className="memory-ledger-bar" title={readNs === undefined ? '' : `Read at ${formatTime(readNs)}`}>
        {parts.map(({ name, bytes }) => {
          if (bytes === undefined) return undefined;
          return <span key={name} className={`memory-ledger-${name}`} style={share(bytes)} />;
        })}
        {unknownBytes > 0 && <span className="memory-ledger-unknown" style={share(unknownBytes)} />}
      </div>
      <ul className="memory-legend">
        {parts.map(({ name, bytes }) => (
          <li key={name} title={SOURCES[name]}>
            <span className={`memory-swatch memory-ledger-${name}`} />
            <span>{LEDGER_WORDS[name]}</span>
            <span className="memory-number">
              {bytes === undefined ? 'unknown' : `${formatBytes(bytes)} · ${percent(bytes / totalBytes)}`}
            </span>
          </li>
        ))}
        {unknown.length > 0 && (
          <li>
            <span className="memory-swatch memory-ledger-unknown" />
            <span>{unknown.join(' + ')}</span>
            <span className="memory-number">{formatBytes(unknownBytes)} together</span>
          </li>
        )}
        {untouchedBytes > 0 && <li>{formatBytes(untouchedBytes)} more is allocated and not in RAM yet</li>}
      </ul>
    </div>
  );
}
