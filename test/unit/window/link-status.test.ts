import { expect, test } from 'vitest';
import { deriveLinkStatus } from '../../../app/host/window/link-status';
import { failure } from '../../../shared/util/failure';

const statistics = {
  packetCount: 10,
  bytes: 1000,
  bytesPerSec: 500,
  roundTripMs: 4,
  reconnectCount: 1,
  damagedCount: 0,
  repeatedCount: 0,
};
const reading = (atMs: number, cpuSec: number, nextSequence: number, deliveredBelow: number) => ({
  atMs,
  deliveredBelow,
  probe: { cpuSec, memoryBytes: 5e7, nextSequence, spool: { bytes: 9, state: 'recording' } } as never,
});

test('two readings give the load between them, the latest gives the backlog', () => {
  const status = deriveLinkStatus(
    { kind: 'live' },
    statistics,
    reading(3000, 1.5, 120, 100),
    reading(1000, 1.0, 50, 50),
  );
  expect(status).toMatchObject({
    state: 'live',
    clockErrorMs: 2,
    probeLoadRatio: 0.25,
    backlogPackets: 20,
    probeMemoryBytes: 5e7,
    isDiskFull: false,
  });
});

test('without readings nothing is claimed', () => {
  const status = deriveLinkStatus({ kind: 'live' }, { ...statistics, roundTripMs: undefined });
  expect([status.backlogPackets, status.probeLoadRatio, status.clockErrorMs]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test('why it reconnects or has ended is said', () => {
  const lost = { kind: 'reconnecting', sinceUnixMs: 0, attempt: 3, reason: 'the cable' } as const;
  expect(deriveLinkStatus(lost, statistics)).toMatchObject({
    state: 'reconnecting',
    sentence: 'the cable',
    attempt: 3,
  });
  const ended = { kind: 'ended', failure: failure('x', 'It is over.', 'Begin again.') } as const;
  expect(deriveLinkStatus(ended, statistics)).toMatchObject({ sentence: 'It is over.', remedy: 'Begin again.' });
});
