// The collector in a target, against a fake CUPTI: exact rows, and a target that is as if it were alone.

import { spawn } from 'node:child_process';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { enums } from '../../shared/model/enums';
import { buildNativeTests, type NativeTests, type Sanitizer } from './built';
import { RecordingServer, type ServerOptions } from './recording-server';

interface Run {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
  readonly signal: string | null;
}

let server: RecordingServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

async function serve(options: ServerOptions = {}): Promise<RecordingServer> {
  server = await RecordingServer.start(options);
  return server;
}

function start(
  built: NativeTests,
  args: string[],
  env: Record<string, string>,
  onOutput: (text: string, kill: () => void) => void = () => {},
) {
  const sanitizers = { ASAN_OPTIONS: 'detect_leaks=0:exitcode=77', TSAN_OPTIONS: 'exitcode=77:report_signal_unsafe=0' };
  const child = spawn(built.target, args, { env: { ...process.env, ...sanitizers, ...env } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
    onOutput(stdout, () => child.kill('SIGKILL'));
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise<Run>((resolve) =>
    child.once('close', (code, signal) => resolve({ stdout, stderr, code, signal })),
  );
}

/** The same program without us. */
const alone = (built: NativeTests, args: string[]) => start(built, args, { HOOKANALYZER_CUPTI: '' });

const injected = (built: NativeTests, socketPath: string, more: Record<string, string> = {}) => ({
  CUDA_INJECTION64_PATH: built.collector,
  NVTX_INJECTION64_PATH: built.collector,
  HOOKANALYZER_SOCKET: socketPath,
  HOOKANALYZER_CUPTI: built.cupti,
  ...more,
});

async function record(
  built: NativeTests,
  args: string[],
  more: Record<string, string> = {},
  options: ServerOptions = {},
) {
  const recording = await serve(options);
  const run = await start(built, args, injected(built, recording.socketPath, more));
  await recording.drained();
  expect(recording.errors).toEqual([]);
  return { ...run, recording };
}

const variants: Sanitizer[] = ['', 'address', 'thread'];

describe.each(variants)('collector %s', (sanitizer) => {
  let built: NativeTests;
  beforeAll(() => {
    built = buildNativeTests(sanitizer);
  });

  test('every kernel and call of four threads arrives once, with its name', async () => {
    const { recording, ...run } = await record(built, ['kernels', '5000']);
    expect(run).toEqual(await alone(built, ['kernels', '5000']));
    const kernels = recording.rows('kernel');
    expect(kernels.length).toBe(20_000);
    expect(new Set(kernels.map((row) => row.correlation)).size).toBe(20_000);
    expect(kernels.every((row) => row.durationNs === 1000 && row.startNs > 0)).toBe(true);
    const calls = new Set(recording.rows('api').map((row) => row.correlation));
    expect(kernels.filter((row) => !calls.has(row.correlation))).toEqual([]);
    const names = recording.rows('string').map((row) => row.text);
    expect(names).toEqual(expect.arrayContaining(['_Z5firstv', '_Z6secondv', 'cudaLaunchKernel']));
    expect(recording.rows('loss')).toEqual([]);
    const process = recording.rows('process');
    expect(process.map((row) => row.event)).toEqual([enums.processEvent.started, enums.processEvent.exited]);
    expect(process[0].arguments).toContain('fake_target kernels 5000');
  });

  test('NVTX ranges, marks, domains and registered strings, without CUDA', async () => {
    const { recording, stdout, code } = await record(built, ['nvtx']);
    expect({ stdout, code }).toEqual({ stdout: 'working\ndone\n', code: 0 });
    const text = (id: number) => recording.rows('string').find((row) => row.id === id)?.text ?? '';
    const ranges = recording
      .rows('range')
      .map((row) => ({ ...row, name: text(row.name), domain: text(row.domain), category: text(row.category) }));
    const of = (name: string) => ranges.filter((row) => row.name === name);
    expect(of('outer').length).toBe(400);
    expect(of('inner').every((row) => row.depth === 1)).toBe(true);
    expect(of('märk')).toMatchObject([{ kind: enums.rangeKind.mark, durationNs: 0 }]);
    expect(of('registered')).toMatchObject([{ domain: 'domain', category: 'category', color: 0xff00ff00 }]);
    const [across] = of('across');
    expect(across.kind).toBe(enums.rangeKind.startEnd);
    expect(across.endThread).not.toBe(across.thread);
    expect(of('never ends')).toMatchObject([{ durationNs: -1 }]);
  });

  test('calls tell their batch, on each thread its own, and none where none was pushed', async () => {
    const { recording, code } = await record(built, ['batches', '50']);
    expect(code).toBe(0);
    const expected = [1, 2].flatMap((stream) =>
      Array.from({ length: 50 }, (_, index) => {
        const [batch, first] = [100 * stream + index + 1, stream * 1_000_000 + index * 10];
        return [`${first + 1} ${batch}`, `${first + 3} 7`, `${first + 4} ${batch}`];
      }),
    );
    const rows = recording.rows('external');
    expect(rows.map((row) => `${row.correlation} ${row.external}`).sort()).toEqual(expected.flat().sort());
    const callOf = new Map(recording.rows('api').map((row) => [row.correlation, row]));
    for (const { correlation, thread, timeNs } of rows) {
      expect(callOf.get(correlation)).toMatchObject({ thread, startNs: timeNs });
    }
    expect(recording.rows('kernel').length).toBe(400);
  });

  test('a probe that dies half-way does not harm the target', async () => {
    const recording = await serve({ dieAfterBytes: 20_000 });
    const run = await start(built, ['kernels', '20000'], injected(built, recording.socketPath));
    expect(run).toEqual(await alone(built, ['kernels', '20000']));
  });

  test('a fork leaves the child alone, and the parent goes on', async () => {
    const { recording, ...run } = await record(built, ['fork', '50']);
    expect(run).toEqual(await alone(built, ['fork', '50']));
    expect(run.stdout).toContain('children 5 6\n');
    expect(recording.rows('kernel').length).toBe(100);
  });

  test('a fork within a batch: the child’s batches do not reach CUPTI, and the parent’s go on', async () => {
    const { recording, stdout } = await record(built, ['batchfork', '5']);
    expect(stdout).toContain('child 5\n');
    expect(recording.rows('external').length).toBe(30);
  });
});

describe('collector, once', () => {
  let built: NativeTests;
  beforeAll(() => {
    built = buildNativeTests('');
  });

  test.each(['130001', '24', '14'])('one record of each kind of CUPTI %s', async (version) => {
    const { recording } = await record(built, ['everything'], { FAKE_CUPTI_VERSION: version });
    expect(recording.rows('device')).toMatchObject([
      { name: 'Fake Orin', smCount: 8, computeMajor: 8, computeMinor: 7, memoryBytes: 8 * 2 ** 30 },
    ]);
    expect(recording.rows('context').length).toBe(1);
    expect(recording.rows('stream')).toMatchObject([{ stream: 7, isDefault: 1 }]);
    expect(recording.rows('memcpy')).toMatchObject([
      { bytes: 4096, direction: 1, sourceKind: 1, targetKind: 3, isAsync: 1, correlation: 11, durationNs: 100 },
      { bytes: 8192, direction: 10, correlation: 12, peerDevice: 1 },
    ]);
    expect(recording.rows('memset')).toMatchObject([{ bytes: 512, kind: 3, correlation: 13 }]);
    expect(recording.rows('memory')).toMatchObject([
      { bytes: 65_536, address: 0x7f0000001000, operation: 1, isPool: 1, poolAddress: 0x302000000 },
    ]);
    expect(recording.rows('sync')).toMatchObject([{ kind: 3, durationNs: 10 }]);
    expect(recording.rows('overhead').length).toBeGreaterThanOrEqual(1);
    expect(recording.rows('kernel')).toMatchObject([{ durationNs: -1 }]);
    // The chatty call, the nested driver call and the unwanted one are left out.
    expect(recording.rows('api').map((row) => [row.correlation, row.domain])).toEqual([
      [21, enums.apiDomain.runtime],
      [22, enums.apiDomain.driver],
    ]);
    const [memory] = recording.rows('memory');
    const uptimeNs = Number(process.hrtime.bigint());
    expect(Math.abs(uptimeNs - memory.timeNs)).toBeLessThan(60e9); // on the monotonic clock, whatever CUPTI counts on
  });

  test('batches while calls are not traced: no rows, and the stack is in order when they are again', async () => {
    const { recording } = await record(built, ['batches', '50'], {}, { kinds: 'kernel' });
    expect(recording.rows('external')).toEqual([]);
    expect(recording.rows('kernel').length).toBe(400);
  });

  test.each([
    ['without a socket', { HOOKANALYZER_SOCKET: '' }],
    ['with a socket that nobody listens at', { HOOKANALYZER_SOCKET: '/tmp/hka-nobody.sock' }],
  ])('the target is as if alone %s', async (_name, env) => {
    const run = await start(built, ['code'], { ...injected(built, ''), ...env });
    expect(run).toEqual(await alone(built, ['code']));
    expect(run.code).toBe(42);
  });

  test('the exit code is the target’s own', async () => {
    expect((await record(built, ['code'])).code).toBe(42);
  });

  test('CUPTI hidden: nothing is captured, and the diagnostic says why', async () => {
    const { recording, code } = await record(built, ['kernels', '10'], { HOOKANALYZER_CUPTI: '/nowhere/libcupti.so' });
    expect(code).toBe(0);
    expect(recording.rows('diagnostic')).toMatchObject([{ code: 'cuptiNotFound', severity: enums.severity.error }]);
  });

  test('a rival subscriber: nothing is captured, and the diagnostic says why', async () => {
    const { recording, code } = await record(built, ['code'], { FAKE_CUPTI_RIVAL: '1' });
    expect(code).toBe(42);
    expect(recording.rows('diagnostic').map((row) => row.code)).toContain('rivalSubscriber');
    expect(recording.rows('kernel')).toEqual([]);
  });

  test('records that CUPTI dropped become a loss', async () => {
    const { recording } = await record(built, ['kernels', '10'], { FAKE_CUPTI_DROPPED: '5' });
    const lost = recording.rows('loss').filter((row) => row.stage === 'cupti');
    expect(lost.length).toBeGreaterThan(0);
    expect(lost.every((row) => row.count === 5)).toBe(true);
  });

  test('a full socket: the target is not held up, and what was dropped is counted to the row', async () => {
    const recording = await serve({ stalls: true });
    const count = 150_000;
    const run = await start(built, ['kernels', String(count)], injected(built, recording.socketPath), (text) => {
      if (text.includes('done')) recording.release();
    });
    expect(run).toMatchObject({ code: 0, stdout: 'working\ndone\n' });
    await recording.drained();
    const arrived = recording.rows('kernel').length + recording.rows('api').length;
    const losses = recording.rows('loss');
    expect(losses.length).toBeGreaterThan(0);
    expect(losses.every((row) => row.stage === 'collector' && row.reason !== '' && row.count + row.bytes > 0)).toBe(
      true,
    );
    const lost = losses.reduce((sum, row) => sum + row.count, 0);
    // Where the writer itself fell behind, whole buffers were dropped and only their bytes are known: a kernel's record has 216, a
    // call's 40. Rows of our own cost may be among the lost ones; none of the target's may be missing without being counted.
    const unread = losses.filter((row) => row.count === 0).reduce((sum, row) => sum + row.bytes, 0);
    const accounted = arrived + lost + (unread / (216 + 40)) * 2;
    expect(accounted).toBeGreaterThanOrEqual(8 * count * (unread > 0 ? 0.99 : 1));
    expect(accounted).toBeLessThan(8 * count * (unread > 0 ? 1.01 : 1) + 200);
  });

  test('a target that closes every descriptor finds none of our bytes in its files', async () => {
    const { recording, stdout, code } = await record(built, ['closefds', '50']);
    expect({ stdout, code }).toEqual({ stdout: 'working\n0 foreign bytes\ndone\n', code: 0 });
    expect(recording.rows('kernel').length).toBe(50);
  });

  test('exec: both programs are sources, and neither leaks into the other', async () => {
    const { recording, stdout, code } = await record(built, ['exec', '50']);
    expect({ stdout, code }).toEqual({ stdout: 'working\nworking\ndone\n', code: 0 });
    const bySource = [1, 2].map((source) => recording.rows('kernel').filter((row) => row.source === source).length);
    expect(bySource).toEqual([50, 40]);
  });

  test('a process that forks before it touches CUDA: two sources', async () => {
    const { recording, code } = await record(built, ['forkfirst', '30']);
    expect(code).toBe(0);
    const counts = [1, 2].map((source) => recording.rows('kernel').filter((row) => row.source === source).length);
    expect(counts.sort((a, b) => a - b)).toEqual([7, 30]);
  });

  test.each([
    ['_exit', { code: 3, signal: null }],
    ['abort', { code: null, signal: 'SIGABRT' }],
  ])('%s: the target’s own end, and what was flushed until then', async (mode, end) => {
    const { recording, ...run } = await record(built, [mode, '50']);
    expect(run).toMatchObject(end);
    expect(recording.rows('kernel').length).toBe(50);
  });

  test('SIGKILL: what was written until then is readable', async () => {
    const recording = await serve();
    const run = await start(built, ['steady', '100'], injected(built, recording.socketPath), (text, kill) => {
      if (text.includes('5\n')) kill();
    });
    await recording.drained();
    expect(run.signal).toBe('SIGKILL');
    expect(recording.errors).toEqual([]);
    expect(recording.rows('kernel').length).toBeGreaterThanOrEqual(40);
  });

  test('kinds are switched off and on while the target runs', async () => {
    const recording = await serve({ kinds: 'kernel' });
    let step = 0;
    const run = start(built, ['steady', '25'], injected(built, recording.socketPath), (text) => {
      if (step === 0 && text.includes('8\n')) {
        recording.setKinds('');
        step = 1;
      } else if (step === 1 && text.includes('17\n')) {
        recording.setKinds('kernel');
        step = 2;
      }
    });
    await run;
    await recording.drained();
    const count = recording.rows('kernel').length;
    expect(count).toBeGreaterThanOrEqual(130);
    expect(count).toBeLessThanOrEqual(200); // 250 in all, nine tenths of a second off
    expect(recording.rows('api')).toEqual([]);
  });
});
