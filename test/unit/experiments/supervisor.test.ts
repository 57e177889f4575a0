import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Supervisor } from '../../../probe/experiments/supervisor';
import { experimentSpec } from '../../../shared/rpc/experiment';

// A worker whose points are letters: m is measured, x ends the process.
const WORKER = `
const [points, , from] = process.argv.slice(2);
const say = (message) => new Promise((resolve) => process.send(message, resolve));
(async () => {
  await say({ kind: 'ready', device: {}, plans: [...points].map(() => ({})) });
  for (let index = Number(from); index < points.length; index++) {
    await say({ kind: 'begin', index });
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
async function supervised(points: string): Promise<string> {
  const told: string[] = [];
  const { signal } = new AbortController();
  const outcome = await new Supervisor({
    spec: experimentSpec.parse({ kind: 'gemm', sizes: [8] }),
    modulePath: join(folder, 'worker.js'),
    words: [points],
    pointMsMax: 10_000,
    signal,
    listener: {
      started: () => {},
      begun: () => {},
      counted: () => {},
      notice: () => {},
      measured: (index, { failure }) => told.push(`${index}${failure === '' ? 'm' : 'x'}`),
    },
  }).run();
  return [outcome.kind, ...told].join(' ');
}

test.each([
  ['mm', 'done 0m 1m'],
  ['xm', 'done 0x 1m'],
  ['mxmxmxmxmxmxm', 'done 0m 1x 2m 3x 4m 5x 6m 7x 8m 9x 10m 11x 12m'],
  ['mxxxxxm', 'failed 0m 1x 2x 3x 4x 5x'],
])(
  '%s: points that end their worker cost themselves; five in a row end the experiment',
  async (points, told) => {
    expect(await supervised(points)).toBe(told);
  },
  30_000,
);
