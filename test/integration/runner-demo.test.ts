import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { KERNELS_PER_INFERENCE } from '../../probe/runner/network';
import { enums } from '../../shared/model/enums';
import { parseHeader } from '../../shared/wire/header';
import { HEADER_BYTES } from '../../shared/wire/limits';
import { DecodedRows } from '../unit/addon/packets';
import { ensureNativeBuilt } from './native-built';
import { bundleRunner, type RunnerBundle } from './runner-bundle';
import { RecordingServer, type RecordingServerOptions } from './runner-server';

let bundle: RunnerBundle;
let addonPath: string;
const servers: RecordingServer[] = [];

beforeAll(async () => {
  addonPath = ensureNativeBuilt().addonPath;
  bundle = await bundleRunner();
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});
afterAll(() => bundle.remove());

interface Ended {
  readonly exitCode: number | null;
  readonly out: string;
  readonly err: string;
}

class Runner {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;

  constructor(words: readonly string[], env: Record<string, string> = {}) {
    const { HOOKANALYZER_SOCKET, HOOKANALYZER_TARGET, HOOKANALYZER_KINDS, ...clean } = process.env;
    this.child = spawn(process.execPath, [bundle.path, ...words], { env: { ...clean, ...env } });
    let [out, err] = ['', ''];
    this.child.stdout?.on('data', (chunk) => {
      out += chunk;
    });
    this.child.stderr?.on('data', (chunk) => {
      err += chunk;
    });
    this.ended = once(this.child, 'close').then(([exitCode]) => ({ exitCode, out, err }));
  }
}

const demo = (words: string, env?: Record<string, string>) =>
  new Runner(['demo', '--device', 'cpu', '--threads', '2', '--addon', addonPath, ...words.split(' ')], env);

async function openServer(options?: RecordingServerOptions): Promise<RecordingServer> {
  const server = await RecordingServer.open(options);
  servers.push(server);
  return server;
}

/** Rows of the whole packets among the bytes that came; the last one may be cut off. */
function rowsSoFar({ packets }: RecordingServer): DecodedRows {
  let end = 0;
  for (let header = parseHeader(packets); header.ok; header = parseHeader(packets.subarray(end))) {
    const next = end + HEADER_BYTES + header.value.bodyBytes;
    if (next > packets.length) break;
    end = next;
  }
  return new DecodedRows(packets.subarray(0, end));
}

const checksumOf = (out: string) => /checksum ([0-9a-f]{8})$/m.exec(out)?.[1];

test('without a probe it runs, and the same seed and count give the same checksum on any number of threads', async () => {
  const words = ['demo', '--device', 'cpu', '--addon', addonPath, '--count', '7'];
  const two = await new Runner([...words, '--threads', '2']).ended;
  const one = await new Runner([...words, '--threads', '1']).ended;
  const other = await new Runner([...words, '--threads', '2', '--seed', '2']).ended;
  expect(two).toMatchObject({ exitCode: 0, err: '' });
  expect(two.out).toMatch(
    /^7 inferences of 8 images in [\d.]+ s \([\d.]+ inferences\/s\) on CPU .+, threads: 2; checksum [0-9a-f]{8}\n$/,
  );
  expect(checksumOf(one.out)).toBe(checksumOf(two.out));
  expect(checksumOf(other.out)).not.toBe(checksumOf(two.out));
});

test('says hello as a collector and sends exactly the rows of what it did', async () => {
  const server = await openServer();
  const runner = demo('--count 25', { HOOKANALYZER_SOCKET: server.socketPath, HOOKANALYZER_TARGET: '3' });
  expect(await runner.ended).toMatchObject({ exitCode: 0, err: '' });
  await server.closed();
  expect(server.hello).toMatchObject({ role: 'collector', version: '1', pid: String(runner.child.pid), target: '3' });
  const rows = new DecodedRows(server.packets);
  expect([...rows.sourceIds]).toEqual([5]);
  expect(rows.of('device')).toMatchObject([{ kind: enums.deviceKind.cpu, smCount: 2 }]);
  expect(rows.of('process').map((row) => row.event)).toEqual([enums.processEvent.started, enums.processEvent.exited]);
  const kernels = rows.of('kernel').map((row) => rows.text(row.name));
  const countOf = (name: string) => kernels.filter((kernel) => kernel === name).length;
  expect(kernels).toHaveLength(25 * KERNELS_PER_INFERENCE);
  expect(['conv3x3', 'relu', 'gemm_tile<8>', 'gemm_tile<16>', 'gemm_tile<32>', 'softmax_rows'].map(countOf)).toEqual([
    50, 50, 25, 25, 25, 25,
  ]);
  expect(new Set(rows.of('kernel').map((row) => row.stream))).toEqual(new Set([1, 2]));
  expect(rows.of('kernel').every((row) => row.durationNs > 0 && row.startNs > 0)).toBe(true);
  const [freed, allocated] = [2, 1].map((operation) => rows.of('memory').filter((row) => row.operation === operation));
  expect(freed.map((row) => row.address).sort()).toEqual(allocated.map((row) => row.address).sort());
  expect(rows.of('range').filter((row) => rows.text(row.name) === 'inference')).toHaveLength(25);
  const launches = new Set(rows.of('api').map((row) => row.correlation));
  expect(rows.of('kernel').every((row) => launches.has(row.correlation))).toBe(true);
  expect(rows.of('loss')).toEqual([]);
});

test('rows arrive while it runs, and SIGTERM ends it with everything sent', async () => {
  const server = await openServer();
  const runner = demo('--seconds 600', { HOOKANALYZER_SOCKET: server.socketPath });
  while (rowsSoFar(server).of('kernel').length < 100) await server.nextBytes();
  runner.child.kill('SIGTERM');
  const { exitCode, out } = await runner.ended;
  await server.closed();
  expect(exitCode).toBe(0);
  const inferences = Number(/^(\d+) inferences/.exec(out)?.[1]);
  expect(new DecodedRows(server.packets).of('kernel')).toHaveLength(inferences * KERNELS_PER_INFERENCE);
});

test('kinds are switched off and on while it runs', async () => {
  const server = await openServer({ answer: { kinds: '' } });
  const runner = demo('--seconds 600', { HOOKANALYZER_SOCKET: server.socketPath });
  await server.connected();
  while (rowsSoFar(server).of('device').length === 0) await server.nextBytes();
  expect(rowsSoFar(server).of('kernel')).toEqual([]);
  server.sendKinds('kernel');
  while (rowsSoFar(server).of('kernel').length === 0) await server.nextBytes();
  server.sendKinds('nvtx');
  while (rowsSoFar(server).of('range').length === 0) await server.nextBytes();
  runner.child.kill('SIGINT');
  expect((await runner.ended).exitCode).toBe(0);
  await server.closed();
  const rows = new DecodedRows(server.packets);
  expect(rows.of('api')).toEqual([]);
  const lastKernelNs = Math.max(...rows.of('kernel').map((row) => row.startNs));
  expect(Math.max(...rows.of('range').map((row) => row.startNs))).toBeGreaterThan(lastKernelNs);
});

test('a probe that dies half-way does not disturb the workload', async () => {
  const server = await openServer();
  const recorded = demo('--count 400', { HOOKANALYZER_SOCKET: server.socketPath });
  while (server.packets.length === 0) await server.nextBytes();
  server.die();
  const [withDeadProbe, alone] = [await recorded.ended, await demo('--count 400').ended];
  expect(withDeadProbe).toMatchObject({ exitCode: 0, err: '' });
  expect(checksumOf(withDeadProbe.out)).toBe(checksumOf(alone.out));
});

test('a probe that is not there, or refuses, is told once and the workload runs', async () => {
  const absent = await demo('--count 1', { HOOKANALYZER_SOCKET: join(bundle.path, '..', 'nobody.sock') }).ended;
  expect(absent.exitCode).toBe(0);
  expect(absent.err).toMatch(/^runner: There is no connection to the probe .* The workload runs unrecorded\.\n$/);
  const refusal = { ok: '0', error: 'versionMismatch', sentence: 'The probe is older.', remedy: 'Update it.' };
  const server = await openServer({ answer: refusal });
  const refused = await demo('--count 1', { HOOKANALYZER_SOCKET: server.socketPath }).ended;
  expect(refused).toMatchObject({
    exitCode: 0,
    err: 'runner: The probe is older. Update it. The workload runs unrecorded.\n',
  });
});

test('wrong usage is one sentence and exit code 2, a missing addon is exit code 1', async () => {
  const wrong = await new Runner(['demo', '--seconds', 'soon']).ended;
  expect(wrong).toMatchObject({ exitCode: 2, out: '' });
  expect(wrong.err).toMatch(/^runner: --seconds must be a number .*\n$/);
  const missing = await new Runner(['demo', '--addon', '/nowhere/hookanalyzer.node']).ended;
  expect(missing).toMatchObject({ exitCode: 1, out: '' });
  expect(missing.err).toMatch(/not built.*npm run build:native\n$/);
});

test('check compares all kernels with their references', async () => {
  const { exitCode, out } = await new Runner(['check', '--device', 'cpu', '--addon', addonPath]).ended;
  expect(exitCode).toBe(0);
  const lines = out.trim().split('\n');
  expect(lines.filter((line) => !/ largest relative error \S+ {2}ok$/.test(line))).toEqual([]);
  const names = new Set(lines.map((line) => line.split(/ +largest/)[0]));
  for (const name of ['conv3x3', 'softmax_rows', 'relu', 'heartbeat']) {
    expect(names).toContain(name);
  }
});
