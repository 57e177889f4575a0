import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Supervisor } from '../../../probe/experiments/supervisor';
import { experimentSpec } from '../../../shared/rpc/experiment';

// A worker whose points are letters: m is measured, x ends the process, h hangs; a first h before anything is said.
const WORKER = `
const [points, , from] = process.argv.slice(2);
const say = (message) => new Promise((resolve) => process.send(message, resolve));
(async () => {
  if (points[0] === 'h') await new Promise((resolve) => setTimeout(resolve, 60_000));
  await say({ kind: 'ready', device: {}, plans: [...points].map(() => ({})) });
  for (let index = Number(from); index < points.length; index++) {
    await say({ kind: 'begin', index });
    if (points[index] === 'h') await new Promise((resolve) => setTimeout(resolve, 60_000));
    if (points[index] === 'x') process.kill(process.pid, 'SIGKILL');
    await say({ kind: 'point', index, result: { failure: '' } });
  }
  await say({ kind: 'done' });
  process.disconnect();
})();
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'supervisor-'));
  writeFileSync(join(folder, 'worker.js'), WORKER);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** How it ended, and what was told of each point in its order. */
async function supervised(points: string, msMax = { pointMsMax: 10_000 }): Promise<string> {
  const told: string[] = [];
  const { signal } = new AbortController();
  const outcome = await new Supervisor({
    spec: experimentSpec.parse({ kind: 'gemm', sizes: [8] }),
    modulePath: join(folder, 'worker.js'),
    words: [points],
    ...msMax,
    signal,
    listener: {
      started: () => {},
      begun: () => {},
      counted: () => {},
      notice: () => {},
      measured: (index, { failure }) => told.push(`${index}${failure === '' ? 'm' : 'x'}`),
    },
  }).run();
  return [outcome.kind, ...(outcome.kind === 'failed' ? [outcome.sentence] : []), ...told].join(' ');
}

test.each([
  ['mm', 'done 0m 1m'],
  ['xm', 'done 0x 1m'],
  ['mxmxmxmxmxmxm', 'done 0m 1x 2m 3x 4m 5x 6m 7x 8m 9x 10m 11x 12m'],
  [
    'mxxxxxm',
    'failed 5 points in a row ended their worker; the last: The worker was ended by SIGKILL while it was measured. 0m 1x 2x 3x 4x 5x',
  ],
])(
  '%s: points that end their worker cost themselves; five in a row end the experiment',
  async (points, told) => {
    expect(await supervised(points)).toBe(told);
  },
  30_000,
);

test('what hangs is ended, and a worker that never begins is told apart from a point that does not end', async () => {
  const msMax = { pointMsMax: 1000, startMsMax: 1500 };
  expect(await supervised('mhm', msMax)).toBe('done 0m 1x 2m');
  expect(await supervised('h', msMax)).toBe(
    'failed The worker had not begun after 1.5 s of loading and compiling, and was ended.',
  );
}, 30_000);
