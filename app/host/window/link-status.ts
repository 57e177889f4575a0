import type { LinkStatus } from '../../../shared/window/methods';
import type { LinkState, LinkStatistics } from '../link/link-state';

/** A link as the connection panel shows it. Pure. */
export function deriveLinkStatus(state: LinkState, statistics: LinkStatistics): LinkStatus {
  const { bytesPerSec, bytes, reconnectCount, damagedCount, roundTripMs } = statistics;
  const status: LinkStatus = {
    state: state.kind,
    bytesPerSec,
    bytes,
    reconnectCount,
    damagedCount,
    roundTripMs,
    clockErrorMs: roundTripMs === undefined ? undefined : roundTripMs / 2,
  };
  if (state.kind === 'reconnecting') return { ...status, sentence: state.reason, attempt: state.attempt };
  if (state.kind === 'ended' && state.failure) {
    const { sentence, remedy } = state.failure.failure;
    return { ...status, sentence, remedy };
  }
  return status;
}
