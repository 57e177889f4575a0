// What a viewer gets: every row once, in order, whatever it does.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { encodeRows } from '../../shared/wire/encode';
import { tables } from '../../shared/wire/tables';
import { type Kit, kernelPacket, openKit, TestCollector, TestViewer } from './probe-kit';

const MIB = 1024 * 1024;
const ROWS = 1000;

function name(id: number, text: string): Uint8Array {
  return encodeRows(tables.string, [{ id, text }]);
}

function range(count: number, first = 0): number[] {
  return Array.from({ length: count }, (_, at) => first + at);
}

describe('viewers', () => {
  let kit: Kit;
  beforeEach(async () => {
    kit = await openKit({ ringBytes: 8 * MIB });
  });
  afterEach(() => kit.close());

  /** Sends `count` packets of kernels whose rows are numbered through from `first` packets on. */
  async function sendKernels(collector: TestCollector, count: number, first = 0): Promise<void> {
    for (let at = 0; at < count; at++) await collector.send(kernelPacket(ROWS, (first + at) * ROWS));
  }

  test('the session row and the names sent before come first, then the rows in order, then a mark', async () => {
    const collector = await TestCollector.connect(kit.socketPath);
    expect(collector.answer).toMatchObject({ ok: '1', sourceId: '1', kinds: 'kernel', latency: '0' });
    await collector.send(name(1, 'early'));
    const first = await TestViewer.connect(kit.socketPath, { lane: 'vital', cursor: 'oldest' });
    await first.when((viewer) => viewer.rows('string').length === 1, 'the name');
    const vital = await TestViewer.connect(kit.socketPath, { lane: 'vital', cursor: 'now' });
    const bulk = await TestViewer.connect(kit.socketPath, { lane: 'bulk', cursor: 'now' });
    await collector.send(name(2, 'late'));
    await collector.send(kernelPacket(3, 10));
    await collector.end();
    const next = kit.probe.spool.nextSequence;
    await Promise.all([vital.until(next), bulk.until(next)]);
    expect(vital.packets[0].header).toMatchObject({ kind: tables.session.kind, sequence: 1, sourceId: 0 });
    expect(vital.rows('string').map(({ text }) => text)).toEqual(['early', 'late']);
    expect(vital.sequences).toEqual([...vital.sequences].sort((a, b) => a - b));
    expect(bulk.rows('kernel').map(({ correlation, source }) => [source, correlation])).toEqual([
      [1, 10],
      [1, 11],
      [1, 12],
    ]);
    for (const client of [first, vital, bulk]) await client.close();
  });

  test('a viewer that stalls, goes away and comes back gets every row exactly once', async () => {
    const collector = await TestCollector.connect(kit.socketPath);
    const viewer = await TestViewer.connect(kit.socketPath, { lane: 'bulk', cursor: 'now', credit: '300000' });
    await sendKernels(collector, 20);
    await viewer.when(({ bytes }) => bytes >= 300_000, 'its first credit');
    viewer.credit(200_000);
    await viewer.when(({ bytes }) => bytes >= 500_000, 'its second credit');
    const seen = viewer.rows('kernel').map(({ correlation }) => correlation);
    await viewer.close();
    await sendKernels(collector, 10, 20);
    await collector.end();
    const again = await TestViewer.connect(kit.socketPath, {
      lane: 'bulk',
      cursor: String(viewer.sequences.at(-1)! + 1),
      session: kit.probe.sessionId,
    });
    await again.until(kit.probe.spool.nextSequence);
    expect([...seen, ...again.rows('kernel').map(({ correlation }) => correlation)]).toEqual(range(30 * ROWS));
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.length).toBeLessThan(10 * ROWS);
    await again.close();
  });

  test('a viewer that was away past the ring is told exactly what it missed', async () => {
    const collector = await TestCollector.connect(kit.socketPath);
    const viewer = await TestViewer.connect(kit.socketPath, { lane: 'bulk', cursor: 'now' });
    await sendKernels(collector, 1);
    await viewer.when(({ packets }) => packets.length === 1, 'one packet');
    await viewer.close();
    const cursor = viewer.sequences[0] + 1;
    await sendKernels(collector, 200, 1); // 20 MB through a ring of 7
    await collector.end();
    const again = await TestViewer.connect(kit.socketPath, { lane: 'bulk', cursor: String(cursor) });
    await again.until(kit.probe.spool.nextSequence);
    const gaps = again.rows('gap');
    const kernels = again.rows('kernel');
    expect(gaps).toHaveLength(1);
    expect(gaps[0]).toMatchObject({ firstSequence: cursor, table: tables.kernel.kind, lane: 2, isExact: 1 });
    expect(gaps[0].packetCount).toBeGreaterThan(100);
    expect(gaps[0].rowCount + kernels.length).toBe(200 * ROWS);
    expect(gaps[0].packetCount * ROWS).toBe(gaps[0].rowCount);
    expect(again.sequences[0]).toBe(gaps[0].lastSequence);
    expect(kernels[0].correlation).toBe(ROWS + gaps[0].rowCount);
    expect(kernels.map(({ correlation }) => correlation)).toEqual(range(kernels.length, kernels[0].correlation));
    await again.close();
  });

  test('a flood that nobody takes from the bulk lane does not delay the vital one', async () => {
    const collector = await TestCollector.connect(kit.socketPath);
    const bulk = await TestViewer.connect(kit.socketPath, { lane: 'bulk', cursor: 'now', credit: '0' });
    const vital = await TestViewer.connect(kit.socketPath, { lane: 'vital', cursor: 'now' });
    await sendKernels(collector, 50);
    await collector.send(name(1, 'through'));
    await vital.when((viewer) => viewer.rows('string').length === 1, 'the name');
    expect(bulk.packets).toHaveLength(0);
    for (const client of [collector, bulk, vital]) await client.close();
  });

  test('names that have left the ring still reach a viewer that comes back, and are no gap', async () => {
    const collector = await TestCollector.connect(kit.socketPath);
    const long = 'x'.repeat(8000);
    const rows = range(60).map((id) => ({ id: id + 1, text: long }));
    await collector.send(name(9999, 'the first'));
    // 5 MB of names and diagnostics through a vital ring of 1 MiB.
    const notice = { timeNs: 0, severity: 1, code: 'test', sentence: long, remedy: '' };
    for (let at = 0; at < 5; at++) {
      await collector.send(encodeRows(tables.string, rows));
      await collector.send(
        encodeRows(
          tables.diagnostic,
          rows.map(() => notice),
        ),
      );
    }
    await collector.end();
    await expect.poll(() => kit.probe.spool.oldestSequence('vital')).toBeGreaterThan(1); // the ring has gone round
    const viewer = await TestViewer.connect(kit.socketPath, { lane: 'vital', cursor: '1' });
    await viewer.until(kit.probe.spool.nextSequence);
    expect(viewer.rows('string')).toHaveLength(301);
    const gaps = viewer.rows('gap'); // more than one when the ring went on while it was read
    expect(new Set(gaps.map(({ table }) => table))).toEqual(new Set([tables.diagnostic.kind]));
    const lostCount = gaps.reduce((sum, { rowCount }) => sum + rowCount, 0);
    expect(lostCount + viewer.rows('diagnostic').length).toBe(300);
    expect(viewer.sequences).toEqual([...viewer.sequences].sort((a, b) => a - b));
    expect(new Set(viewer.sequences).size).toBe(viewer.sequences.length);
    const fresh = await TestViewer.connect(kit.socketPath, { lane: 'vital', cursor: 'now' });
    await fresh.until(kit.probe.spool.nextSequence);
    expect(fresh.rows('string')).toHaveLength(301);
    expect(fresh.rows('session')).toHaveLength(1);
    for (const client of [viewer, fresh]) await client.close();
  });

  test('a cursor of another session is not used', async () => {
    const collector = await TestCollector.connect(kit.socketPath);
    await sendKernels(collector, 2);
    await collector.end();
    const viewer = await TestViewer.connect(kit.socketPath, { lane: 'bulk', cursor: '1000', session: 'another' });
    await viewer.until(kit.probe.spool.nextSequence);
    expect(viewer.rows('kernel')).toHaveLength(2 * ROWS);
    expect(viewer.answer).toMatchObject({ session: kit.probe.sessionId, cursor: '2' });
    await viewer.close();
  });
});
