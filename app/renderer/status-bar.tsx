import { formatBytes, formatCount } from '../../shared/units/format';
import { useChoices, useFacts } from './context';
import { useLosses } from './use-losses';

const STATE_WORDS = {
  connecting: 'Connecting',
  live: 'Live',
  reconnecting: 'Reconnecting',
  ended: 'Disconnected',
} as const;

function bitsPerSec(bytesPerSec: number): string {
  return `${((bytesPerSec * 8) / 1e6).toFixed(1)} Mbit/s`;
}

/** One line about the session in front: link, rate, losses. */
export function StatusBar() {
  const description = useFacts((facts) => facts.description);
  const status = useFacts((facts) => facts.status);
  const isComplete = useFacts((facts) => facts.isComplete);
  const isFollowing = useChoices((choices) => choices.isFollowing);
  const lostCount = useLosses();
  return (
    <footer className="status-bar" data-testid="status-bar">
      {description.kind === 'file' ? (
        <span>{isComplete ? 'File' : 'Reading the file…'}</span>
      ) : (
        <span className="state" data-state={status?.state ?? 'connecting'} data-testid="link-state">
          ● {STATE_WORDS[status?.state ?? 'connecting']}
          {status?.state === 'reconnecting' && ` (attempt ${status.attempt}: ${status.sentence})`}
        </span>
      )}
      {status && description.kind === 'live' && (
        <>
          <span>{bitsPerSec(status.bytesPerSec)}</span>
          <span>{formatBytes(status.bytes)} received</span>
          {status.roundTripMs !== undefined && <span>round trip {status.roundTripMs.toFixed(1)} ms</span>}
          <span>{isFollowing ? 'Following' : 'Paused view'}</span>
        </>
      )}
      <span className={lostCount ? 'lost' : undefined} data-testid="lost">
        {lostCount === undefined ? '–' : formatCount(lostCount)} lost
      </span>
      <span style={{ marginLeft: 'auto' }}>
        {[description.hostName, description.model].filter((text) => text !== '').join(' · ')}
      </span>
    </footer>
  );
}
