// Collectors and strangers that do not keep to the format: each is refused or counted, and the probe goes on.

import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { encodeMark, encodeRows } from '../../shared/wire/encode';
import { HEADER_AT } from '../../shared/wire/header';
import { formatHello, parseHello } from '../../shared/wire/hello';
import { tables } from '../../shared/wire/tables';
import { type Kit, kernelPacket, openKit, shout, TestCollector, TestControl, TestViewer } from './probe-kit';

let kit: Kit;
beforeEach(async () => {
  kit = await openKit({ helloMsMax: 200 });
});
afterEach(() => kit.close());

/** Everything recorded so far, both lanes. */
async function recorded(): Promise<{ vital: TestViewer; bulk: TestViewer }> {
  const vital = await TestViewer.connect(kit.socketPath, { lane: 'vital', cursor: 'oldest' });
  const bulk = await TestViewer.connect(kit.socketPath, { lane: 'bulk', cursor: 'oldest' });
  await vital.until(Number(vital.answer.next));
  await bulk.until(Number(bulk.answer.next));
  return { vital, bulk };
}

async function lossRows(): Promise<{ count: number; bytes: number; stage: string; reason: string }[]> {
  const vital = await TestViewer.connect(kit.socketPath, { lane: 'vital', cursor: 'oldest' });
  await vital.when((viewer) => viewer.rows('loss').length > 0, 'a loss row');
  return vital.rows('loss').map(({ count, bytes, stage, reason }) => ({ count, bytes, stage, reason }));
}

async function diagnosticCodes(): Promise<string[]> {
  const { vital } = await recorded();
  return vital.rows('diagnostic').map(({ code }) => code);
}

async function collectorStillWorks(): Promise<void> {
  const collector = await TestCollector.connect(kit.socketPath);
  await collector.send(kernelPacket(5, 77));
  await collector.end();
  const { bulk } = await recorded();
  expect(bulk.rows('kernel').filter(({ correlation }) => correlation >= 77)).toHaveLength(5);
}

async function refusal(hello: string): Promise<Record<string, string>> {
  const answer = parseHello((await shout(kit.socketPath, hello)).trimEnd());
  if (!answer.ok) throw new Error(answer.error);
  return answer.value;
}

test('a hello of another version is refused with both versions and the way to mend it', async () => {
  const newer = await refusal(formatHello({ role: 'viewer', version: '9' }));
  expect(newer.error).toBe('versionMismatch');
  expect(newer.sentence).toMatch(/probe .* version 1, .* version 9/);
  expect(newer.remedy).toBe('Install on the probe the HookAnalyzer that the connecting side has, and restart it.');
});

test.each([
  ['garbage', 'GET / HTTP/1.1\r\n\r\n', 'badHello', 'does not speak HookAnalyzer'],
  ['an endless line', `HKA1 ${'a'.repeat(5000)}`, 'badHello', 'longer than 4096'],
  ['no version', 'HKA1 role=viewer\n', 'badHello', 'no version'],
  ['no role', 'HKA1 version=1\n', 'unknownRole', 'role'],
  ['another role', 'HKA1 version=1 role=king\n', 'unknownRole', '"king"'],
  ['no lane', 'HKA1 version=1 role=viewer cursor=now\n', 'badHello', 'lane'],
  ['a strange cursor', 'HKA1 version=1 role=viewer lane=bulk cursor=soon\n', 'badHello', '"soon"'],
  ['a negative credit', 'HKA1 version=1 role=viewer lane=bulk cursor=now credit=-1\n', 'badHello', 'credit'],
  ['a pid that is none', 'HKA1 version=1 role=collector pid=x\n', 'badHello', 'pid'],
  ['nothing at all', '', 'badHello', 'within 0.2 s'],
])('a hello with %s is refused in one sentence', async (_, hello, code, words) => {
  const answer = await refusal(hello);
  expect(answer.error).toBe(code);
  expect(`${answer.sentence} ${answer.remedy}`).toContain(words);
});

test('a connection that goes away without a hello leaves nothing behind', async () => {
  const socket = connect(kit.socketPath);
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.destroy();
  await collectorStillWorks();
});

test('a damaged packet is counted and the ones around it are kept', async () => {
  const collector = await TestCollector.connect(kit.socketPath);
  const damaged = kernelPacket(7, 100);
  damaged[100] ^= 1;
  await collector.send(Buffer.concat([kernelPacket(3, 0), damaged, kernelPacket(4, 3)]));
  await collector.end();
  const { bulk } = await recorded();
  expect(bulk.rows('kernel').map(({ correlation }) => correlation)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(await lossRows()).toEqual([
    { count: 7, bytes: damaged.length - 32, stage: 'intake', reason: 'damaged on the way' },
  ]);
});

test('a collector that dies in the middle of a packet: what came before is kept, the piece is counted', async () => {
  const collector = await TestCollector.connect(kit.socketPath);
  const torn = kernelPacket(50, 3).subarray(0, 1001);
  await collector.send(Buffer.concat([kernelPacket(3, 0), torn]));
  await collector.end();
  const { bulk } = await recorded();
  expect(bulk.rows('kernel')).toHaveLength(3);
  expect(await lossRows()).toEqual([
    { count: 0, bytes: 1001, stage: 'intake', reason: 'the connection ended in the middle of a packet' },
  ]);
});

test('packets cut anywhere by the socket arrive whole', async () => {
  const collector = await TestCollector.connect(kit.socketPath);
  const bytes = Buffer.concat([kernelPacket(2, 0), kernelPacket(1, 2), kernelPacket(3, 3)]);
  for (const byte of bytes) await collector.send(Uint8Array.of(byte));
  await collector.end();
  const { bulk } = await recorded();
  expect(bulk.rows('kernel').map(({ correlation }) => correlation)).toEqual([0, 1, 2, 3, 4, 5]);
});

test.each([
  ['a body of 4 GiB', HEADER_AT.bodyBytes],
  ['4 billion rows', HEADER_AT.rowCount],
  ['no magic', HEADER_AT.magic],
])('a header with %s ends the connection with a diagnostic and allocates nothing', async (_, at) => {
  const collector = await TestCollector.connect(kit.socketPath);
  const hostile = kernelPacket(1, 0);
  new DataView(hostile.buffer).setUint32(at, 0xffffffff, true);
  await collector.send(hostile);
  await collector.closed();
  expect(await diagnosticCodes()).toContain('collectorStreamBroken');
  await collectorStillWorks();
});

test('tables that are not for collectors, marks and tables of a later version are counted, not recorded', async () => {
  const collector = await TestCollector.connect(kit.socketPath);
  const end = encodeRows(tables.end, [{ timeNs: 0, packetCount: 0, rowCount: 0 }]);
  const later = encodeRows({ ...tables.health, kind: 999 }, [{ timeNs: 0, value: 0, metric: 0 }]);
  const totals = encodeRows({ ...tables.health, kind: 0xfffe }, [{ timeNs: 0, value: 0, metric: 0 }]);
  await collector.send(Buffer.concat([end, encodeMark(5), later, totals, kernelPacket(1, 0)]));
  await collector.end();
  const losses = await lossRows();
  expect(losses.map(({ reason, count }) => [reason, count])).toEqual([
    ['of a table that no collector may write', 1],
    ['of a table that this probe does not know', 2],
  ]);
  const { vital, bulk } = await recorded();
  expect(bulk.rows('kernel')).toHaveLength(1);
  expect(vital.rows('end')).toHaveLength(0);
});

test('sources have numbers of their own, and sequence numbers have no holes', async () => {
  const collectors = await Promise.all([0, 1, 2].map(() => TestCollector.connect(kit.socketPath)));
  for (const [at, collector] of collectors.entries()) await collector.send(kernelPacket(2, at * 10));
  for (const collector of collectors) await collector.end();
  const { vital, bulk } = await recorded();
  expect(new Set(bulk.packets.map(({ header }) => header.sourceId))).toEqual(new Set([1, 2, 3]));
  const sequences = [...vital.sequences, ...bulk.sequences].sort((a, b) => a - b);
  expect(sequences).toEqual(sequences.map((_, at) => at + 1));
});

test('more connections of a role than its limit are refused, and one that ends makes room', async () => {
  const controls = await Promise.all(Array.from({ length: 32 }, () => TestControl.connect(kit.socketPath)));
  expect((await refusal('HKA1 version=1 role=control\n')).error).toBe('tooManyConnections');
  await controls[0].close();
  const again = await TestControl.connect(kit.socketPath);
  expect(again.answer.ok).toBe('1');
});

test('a viewer that takes nothing does not hold up the end of the probe', async () => {
  const viewer = await TestViewer.connect(kit.socketPath, { lane: 'bulk', cursor: 'now' });
  viewer.socket.pause();
  const collector = await TestCollector.connect(kit.socketPath);
  for (let at = 0; at < 50; at++) await collector.send(kernelPacket(1000, at));
  await collector.end();
  await kit.probe.close();
});

test('a viewer that sends nonsense is cut off with a diagnostic', async () => {
  const viewer = await TestViewer.connect(kit.socketPath, { lane: 'bulk', cursor: 'now' });
  viewer.socket.write('HKA1 credit=much\n');
  await viewer.closed();
  expect(await diagnosticCodes()).toContain('viewerMisbehaved');
});
