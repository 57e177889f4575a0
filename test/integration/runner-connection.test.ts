import { afterEach, expect, test } from 'vitest';
import { connectToProbe, type ProbeConnectionOptions } from '../../probe/runner/probe-connection';
import { enums } from '../../shared/model/enums';
import { encodeRows } from '../../shared/wire/encode';
import { tables } from '../../shared/wire/tables';
import { DecodedRows } from '../unit/addon/packets';
import { RecordingServer, type RecordingServerOptions } from './runner-server';

const servers: RecordingServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function connected(server: RecordingServerOptions, limits: ProbeConnectionOptions['limits'] = {}) {
  const recording = await RecordingServer.open(server);
  servers.push(recording);
  const options = { socketPath: recording.socketPath, target: '', kinds: 'kernel,nvtx', limits };
  return { recording, connection: await connectToProbe(options) };
}

/** A packet of the bulk lane with `rowCount` rows. */
function syncPacket(rowCount: number): Uint8Array {
  const row = { startNs: 1, durationNs: 2, context: 1, stream: 1, correlation: 3, kind: enums.syncKind.stream };
  return encodeRows(tables.sync, new Array(rowCount).fill(row));
}

test('a probe that stalls costs the newest rows, which are counted, and never the names', async () => {
  const { recording, connection } = await connected({ paused: true }, { pendingBytesMax: 100_000 });
  const rowsSent = 100 * 1000;
  for (let packet = 0; packet < 100; packet++) {
    const name = encodeRows(tables.string, [{ id: packet + 1, text: `name ${packet}` }]);
    connection.send(Buffer.concat([name, syncPacket(1000)]));
  }
  recording.resume();
  expect(await connection.close()).toBe(0);
  await recording.closed();
  const rows = new DecodedRows(recording.packets);
  expect(rows.of('string')).toHaveLength(100);
  const losses = rows.of('loss');
  const lostCount = losses.reduce((sum, row) => sum + row.count, 0);
  expect(lostCount).toBeGreaterThan(0);
  expect(rows.of('sync').length + lostCount).toBe(rowsSent);
  expect(losses.every((row) => row.stage === 'collector' && row.endNs >= row.startNs && row.bytes > 0)).toBe(true);
});

test('closing gives up on a probe that never reads, and says how much it did not take', async () => {
  const { connection } = await connected({ paused: true }, { closeMsMax: 20 });
  for (let packet = 0; packet < 100; packet++) connection.send(syncPacket(1000));
  expect(await connection.close()).toBeGreaterThan(0);
  expect(connection.isOpen).toBe(false);
});

test('takes epoch, source and kinds from the answer, and kinds from later lines, however they are cut', async () => {
  const { recording, connection } = await connected({ answer: { sourceId: '77', kinds: 'kernel,api', later: 'key' } });
  expect(recording.hello).toMatchObject({ role: 'collector', kinds: 'kernel,nvtx', target: '' });
  expect(connection.epochNs).toBe(recording.epochNs);
  expect(connection.sourceId).toBe(77);
  expect(connection.kinds).toEqual(['kernel', 'api']);
  const changed = new Promise((resolve) => {
    connection.onKinds = (kinds) => kinds.length === 1 && resolve(kinds);
  });
  recording.sendKinds('');
  recording.sendKinds('memcpy');
  expect(await changed).toEqual(['memcpy']);
  await connection.close();
});

test('the end of the probe switches everything off, and sending goes nowhere without an error', async () => {
  const { recording, connection } = await connected({});
  const off = new Promise((resolve) => {
    connection.onKinds = resolve;
  });
  recording.die();
  expect(await off).toEqual([]);
  connection.send(syncPacket(10));
  expect(await connection.close()).toBe(0);
});

test.each([
  ['an epoch that is no number', { epochNs: 'soon' }, 'lacks epochNs or sourceId'],
  ['a source that is no number', { sourceId: '-1' }, 'lacks epochNs or sourceId'],
  ['a refusal', { ok: '0', sentence: 'No.', remedy: 'Wait.' }, 'No. Wait.'],
])('an answer with %s is a failure with a sentence', async (_, answer, sentence) => {
  await expect(connected({ answer })).rejects.toThrow(sentence);
});
