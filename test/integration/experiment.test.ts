// Experiments end to end on the CPU device: command, probe, runner, worker, file, report; and as the window starts them.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readHka } from '../../app/host/session/hka-reader';
import { History } from '../../app/host/window/history';
import { Sessions } from '../../app/host/window/sessions';
import { experimentSpec } from '../../shared/rpc/experiment';
import { root } from '../root';
import { startBoard } from './board-kit';
import { ensureBuilt } from './build';
import { ensureNativeBuilt } from './native-built';
import { sshdMissing } from './sshd';

const missing = sshdMissing();

let cliPath: string;
let folder: string;
beforeAll(async () => {
  ensureNativeBuilt();
  cliPath = join(await ensureBuilt(), 'cli.js');
}, 600_000);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hka-experiment-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

class Command {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;

  constructor(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.child = spawn(process.execPath, [cliPath, ...words], { cwd: folder, env: { ...process.env, ...env } });
    let [out, err] = ['', ''];
    this.child.stdout?.on('data', (chunk) => {
      out += chunk;
    });
    this.child.stderr?.on('data', (chunk) => {
      err += chunk;
    });
    this.ended = once(this.child, 'close').then(([code]) => ({ code, out, err }));
  }
}

const command = (line: string) => new Command(line.split(' ')).ended;

interface Point {
  readonly role: string;
  readonly series: string;
  readonly x: number;
  readonly label: string;
  readonly medianNs: number | null;
  readonly correctness: string;
  readonly failure: string | null;
  readonly flopsPerSec: number | null;
  readonly bytesPerSec: number | null;
  readonly referenceRatio: number | null;
  readonly ceilingRatio: number | null;
}

const pointsOf = ({ out }: Ended) => JSON.parse(out).points as Point[];
const measuredOf = (ended: Ended) => pointsOf(ended).filter(({ role }) => role === 'measured');

async function rowCount(path: string, table: 'point' | 'kernel'): Promise<number> {
  const summary = await readHka(path, { onPacket: () => {} });
  return summary.tables[table]?.rows ?? 0;
}

test('gemm: the result on stdout as JSON, the session in a file that reports read', async () => {
  const ended = await command(
    'experiment gemm --sizes 32,48 --variants tile_8,tile_16 --samples 5 --device cpu --format json -o gemm.hka',
  );
  expect([ended.code, ended.err]).toEqual([0, expect.not.stringMatching(/ERROR|error:/)]);
  const result = JSON.parse(ended.out);
  expect(result).toMatchObject({ state: 'done', device: { kind: 'cpu', name: expect.any(String) } });
  expect(experimentSpec.parse(result.spec)).toMatchObject({ sizes: [32, 48], variants: ['tile_8', 'tile_16'] });
  expect([result.doneCount, result.points.length]).toEqual([result.pointCount, result.pointCount]);
  const measured = measuredOf(ended);
  expect(measured.map(({ series, x }) => `${series} ${x}`).sort()).toEqual([
    'tile_16 32',
    'tile_16 48',
    'tile_8 32',
    'tile_8 48',
  ]);
  for (const {
    series,
    x,
    label,
    medianNs,
    correctness,
    failure,
    flopsPerSec,
    referenceRatio,
    ceilingRatio,
  } of measured) {
    expect({ series, label, correctness, failure }).toEqual({
      series,
      label: `${x} × ${x} × ${x}`,
      correctness: 'right',
      failure: null,
    });
    expect(flopsPerSec).toBeCloseTo((2 * x ** 3 * 1e9) / (medianNs as number), -3);
    expect(ceilingRatio).toBeGreaterThan(0);
    expect(ceilingRatio).toBeLessThan(1);
    expect(referenceRatio).toBeNull(); // there is no cuBLAS on a CPU
  }
  const ceilings = Object.fromEntries(
    pointsOf(ended).flatMap((each) => (each.role === 'ceiling' ? [[each.series, each]] : [])),
  );
  expect(ceilings.fma.flopsPerSec).toBeGreaterThan(1e9);
  expect(ceilings.copy.bytesPerSec).toBeGreaterThan(1e8);
  expect(await rowCount(join(folder, 'gemm.hka'), 'kernel')).toBeGreaterThan(0);

  const listed = await command('stats gemm.hka --report experiments --format csv');
  expect(listed.out.split('\n')[1]).toMatch(/^\d+,gemm,.+ \[CPU\],done,/);
  const again = await command('stats gemm.hka --report experiment_points --format json');
  const rows: Record<string, unknown>[] = JSON.parse(again.out);
  expect(rows.length).toBe(result.pointCount);
  expect(rows.every((row) => / \[CPU\]$/.test(row.Device as string))).toBe(true);

  const refused = await command('experiment gemm --sizes 32 --variants tile_8 --samples 3 --device cpu -o gemm.hka');
  expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringContaining('gemm.hka exists already') });
});

test('the table leaves out what nobody knows, CSV does not, and the file has a name of its own', async () => {
  const line = 'experiment gemm --sizes 24 --variants tile_8 --samples 3 --no-cold --device cpu';
  const table = await command(line);
  expect(table.code).toBe(0);
  expect(table.out).toMatch(/^\n \*\* gemm on .+ \[CPU\]: (\d+) of \1 points, done:\n\n/);
  expect(table.out).toMatch(/24 × 24 × 24 +tile_8 .* right/);
  expect(table.out).not.toContain('Of Reference (%)');
  expect(readdirSync(folder)).toEqual([expect.stringMatching(/^experiment-gemm-\d{8}-\d{6}\.hka$/)]);
  const csv = await command(`${line} --format csv -o b.hka`);
  expect(csv.out.split('\n')[0]).toMatch(/^Experiment,Device,Point,Variant,.*Of Reference \(%\),.*Remarks$/);
});

test.each([
  ['block-size --kernel relu --blocks 64,256 --elements 4096', [64, 256]],
  ['batch --counts 1,2', [1, 2]],
  ['streams --counts 1,2 --sizes 32', [1, 2]],
  ['copy --bytes 4K,64K', [4096, 65_536]],
  ['launch --counts 1,8', [1, 8]],
  ['allocation --bytes 4K,64K', [4096, 65_536]],
])('%s: every place on the axis has a result', async (line, places) => {
  const ended = await command(`experiment ${line} --samples 5 --no-cold --device cpu --format json -o run.hka`);
  expect([ended.code, ended.err]).toEqual([0, expect.stringContaining('run.hka')]);
  const measured = measuredOf(ended);
  for (const { medianNs, failure } of measured) expect((medianNs ?? 0) > 0).toBe(failure === null);
  const withResult = measured.filter(({ medianNs }) => medianNs !== null).map(({ x }) => x);
  const failures = measured.map(({ series, failure }) => `${series}: ${failure}`).join('\n');
  expect(
    [...new Set(withResult)].sort((a, b) => a - b),
    failures,
  ).toEqual(places);
  expect(measured.some(({ correctness }) => correctness === 'wrong')).toBe(false);
});

test('Ctrl-C cancels, prints what was measured, and leaves a whole file', async () => {
  const sizes = Array.from({ length: 60 }, (_, index) => 64 + index).join(',');
  const running = new Command(
    `experiment gemm --sizes ${sizes} --samples 2000 --device cpu --format json -o cut.hka`.split(' '),
  );
  const path = join(folder, 'cut.hka');
  await expect
    .poll(() => (existsSync(path) ? rowCount(path, 'point').catch(() => 0) : 0), { timeout: 60_000, interval: 300 })
    .toBeGreaterThan(2);
  running.child.kill('SIGINT');
  const ended = await running.ended;
  const { state, points, doneCount, pointCount } = JSON.parse(ended.out);
  expect([ended.code, state]).toEqual([1, 'cancelled']);
  expect(points.length).toBeGreaterThan(2);
  expect(doneCount).toBeLessThan(pointCount);
  const counts = [doneCount, pointCount].map((count) => count.toLocaleString('en-US'));
  expect(ended.err).toContain(`Cancelled. The ${counts.join(' of ')} points that were measured are in cut.hka.`);
  expect(ended.err).not.toContain('lost at');
  expect((await readHka(path, { onPacket: () => {} })).isClosed).toBe(true);
});

test('a kernel of one’s own cannot run on the CPU device, and that is said', async () => {
  writeFileSync(join(folder, 'scale.cu'), 'extern "C" __global__ void scale(float* a) { a[threadIdx.x] *= 2; }\n');
  const ended = await command('experiment kernel scale.cu --arg buffer:f32:64 --device cpu --format json');
  expect(ended.code).toBe(1);
  expect(ended.err).toMatch(/hookanalyzer experiment: .*CUDA/);
});

test('without a right result the exit code is 1, and what could not be measured is counted', async () => {
  const line = 'experiment gemm --sizes 24 --samples 3 --no-cold --device cpu -o flaw.hka -f --variants';
  const some = await command(`${line} tile_8,tile_9`);
  expect([some.code, some.err]).toEqual([0, expect.stringContaining('1 of the 2 points could not be measured')]);
  const none = await command(`${line} tile_9`);
  expect([none.code, none.err]).toEqual([1, expect.stringContaining('1 of the 1 points could not be measured')]);
  const nothing = await command(`${line} cublas`);
  expect([nothing.code, nothing.err]).toEqual([1, expect.stringContaining('This device can measure none')]);
});

test.skipIf(missing)(
  'on a board with nothing but sshd: the probe is installed, and its runner measures there',
  async () => {
    const board = await startBoard();
    try {
      mkdirSync(join(folder, '.ssh'), { mode: 0o700 });
      copyFileSync(board.sshd.configPath, join(folder, '.ssh', 'config'));
      const line = `experiment gemm --sizes 24 --variants tile_8 --samples 3 --device cpu --format json --on ${board.sshd.target}`;
      const ended = await new Command(line.split(' '), { HOME: folder }).ended;
      expect([ended.code, ended.err]).toEqual([0, expect.stringContaining('experiment-gemm-')]);
      expect(measuredOf(ended)).toMatchObject([{ series: 'tile_8', x: 24, correctness: 'right' }]);
      expect(board.list('versions').length).toBe(1);
    } finally {
      await board.close();
    }
  },
);

describe('from the window', () => {
  const ASKER = { mayEndProbe: async () => false, prompter: {} as never };
  const spec = experimentSpec.parse({ kind: 'gemm', sizes: [24], variants: ['tile_8'], sampleCount: 3 });
  let sessions: Sessions;
  let exitCount: number;
  beforeEach(() => {
    exitCount = 0;
    sessions = new Sessions({
      history: new History(join(folder, 'history.json')),
      workFolder: folder,
      demangle: undefined,
      notify: (name) => {
        if (name === 'session/exited') exitCount += 1;
      },
    });
  });
  afterEach(() => sessions.closeAll({ mayDiscard: true }));

  test('two in one session are told apart by their numbers', async () => {
    const { session } = await sessions.connect({}, ASKER, new AbortController().signal);
    const first = await sessions.experiment(session, spec, 'cpu');
    await expect.poll(() => exitCount, { timeout: 60_000 }).toBe(1);
    const second = await sessions.experiment(session, spec, 'cpu');
    await expect.poll(() => exitCount, { timeout: 60_000 }).toBe(2);
    const listed = async () => (await sessions.report(session, 'experiments', {})).rows;
    await expect.poll(async () => (await listed()).map((row) => row[3])).toEqual(['done', 'done']);
    expect((await listed()).map(([number]) => Number(number))).toEqual([first.experiment, second.experiment]);
  });

  test('a session from a file measures nothing', async () => {
    const { session } = await sessions.openFile(join(root, 'samples', 'pytorch-resnet18.hka'));
    await expect(sessions.experiment(session, spec, 'cpu')).rejects.toMatchObject({ failure: { code: 'notLive' } });
  });
});
