import type { ProbeDescription } from '../../../shared/rpc/methods';
import type { LinkStatus } from '../../../shared/window/methods';
import type { LinkState, LinkStatistics } from '../link/link-state';

/** What the probe said of itself, and when, in milliseconds of a monotonic clock. */
export interface ProbeReading {
  readonly atMs: number;
  readonly probe: ProbeDescription;
  /** What the link had by then. */
  readonly deliveredBelow: number;
}

/** A link as the connection panel shows it. Pure. Two readings give the probe's load between them. */
export function deriveLinkStatus(
  state: LinkState,
  statistics: LinkStatistics,
  latest?: ProbeReading,
  before?: ProbeReading,
): LinkStatus {
  const { bytesPerSec, bytes, reconnectCount, damagedCount, roundTripMs } = statistics;
  const status: LinkStatus = {
    state: state.kind,
    bytesPerSec,
    bytes,
    reconnectCount,
    damagedCount,
    roundTripMs,
    clockErrorMs: roundTripMs === undefined ? undefined : roundTripMs / 2,
    ...probeStatus(latest, before),
  };
  if (state.kind === 'reconnecting') return { ...status, sentence: state.reason, attempt: state.attempt };
  if (state.kind === 'ended' && state.failure) {
    const { sentence, remedy } = state.failure.failure;
    return { ...status, sentence, remedy };
  }
  return status;
}

function probeStatus(latest: ProbeReading | undefined, before: ProbeReading | undefined): Partial<LinkStatus> {
  if (!latest) return {};
  const { probe, deliveredBelow, atMs } = latest;
  const cpuSec =
    probe.cpuSec === undefined || before?.probe.cpuSec === undefined ? undefined : probe.cpuSec - before.probe.cpuSec;
  const passedSec = before ? (atMs - before.atMs) / 1000 : 0;
  return {
    backlogPackets: Math.max(0, probe.nextSequence - deliveredBelow),
    probeLoadRatio: cpuSec === undefined || passedSec <= 0 ? undefined : cpuSec / passedSec,
    probeMemoryBytes: probe.memoryBytes,
    spoolBytes: probe.spool.bytes,
    isDiskFull: probe.spool.state === 'diskFull',
  };
}
