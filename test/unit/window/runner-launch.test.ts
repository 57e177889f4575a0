// What the host starts on the machine that measures.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  boardRunner,
  demoLaunch,
  experimentLaunch,
  localRunner,
  randomExperiment,
  SPEC_BYTES_MAX,
} from '../../../app/host/runner-launch';
import { readKernelResources } from '../../../app/host/window/kernel-resources';
import { experimentSpec } from '../../../shared/rpc/experiment';
import { launchParams } from '../../../shared/rpc/methods';

const BOARD = {
  socketPath: '/run/p.sock',
  version: '1',
  folder: '/v',
  nodePath: '/v/node',
  runnerPath: '/v/runner.js',
  addonPath: '/v/a.node',
  collectorPath: '/v/c.so',
  findings: [],
};
const place = boardRunner(BOARD) as NonNullable<ReturnType<typeof boardRunner>>;

test('an experiment on a board is its runner with the spec as one argument', () => {
  const spec = experimentSpec.parse({ kind: 'launch', launchCounts: [1, 10] });
  const { command, args, kinds } = experimentLaunch(place, { spec, device: 'cuda', experiment: 5 });
  expect([command, ...args.slice(0, 2)]).toEqual(['/v/node', '/v/runner.js', 'experiment']);
  const words = Object.fromEntries(args.slice(2).flatMap((word, i, all) => (i % 2 === 0 ? [[word, all[i + 1]]] : [])));
  expect(experimentSpec.parse(JSON.parse(words['--spec']))).toEqual(spec);
  expect(words).toMatchObject({ '--experiment': '5', '--device': 'cuda', '--addon': '/v/a.node' });
  expect(kinds).toContain('api');
});

test('without a collector only what the runner itself can tell is traced, and without an addon there is no runner', () => {
  expect(boardRunner({ ...BOARD, addonPath: undefined })).toBeUndefined();
  const alone = boardRunner({ ...BOARD, collectorPath: undefined }) as typeof place;
  expect(demoLaunch(alone)).toEqual({
    command: '/v/node',
    args: [...'/v/runner.js workload --preset demo --seconds 60 --device auto --addon /v/a.node'.split(' ')],
    kinds: ['kernel', 'memcpy', 'memory', 'nvtx'],
  });
  const installation = { root: '/r', probePath: '/p', runnerPath: '/x', storePath: '/s', collectorPath: undefined };
  expect(localRunner({ ...installation, addonPath: undefined })).toBeUndefined();
  expect(localRunner({ ...installation, addonPath: '/a' })).toMatchObject({ nodePath: process.execPath });
});

test('the longest spec that is let through is one that the probe takes, and a longer one is a sentence', () => {
  const specOf = (chars: number) =>
    experimentSpec.parse({
      kind: 'kernel',
      source: '"'.repeat(chars), // each takes two bytes in JSON
      arguments: [],
      blockSizes: [32],
      threadCount: 1,
    });
  const rest = JSON.stringify(specOf(1)).length - 2;
  const longest = Math.floor((SPEC_BYTES_MAX - rest) / 2);
  const launch = (chars: number) => experimentLaunch(place, { spec: specOf(chars), device: 'auto', experiment: 1 });
  expect(launchParams.safeParse(launch(longest)).success).toBe(true);
  expect(() => launch(longest + 1)).toThrow(
    /takes 120,00\d bytes to describe, more than the 120,000 that fit\. Shorten/,
  );
});

test('experiments have numbers of their own, which a float64 holds', () => {
  const numbers = Array.from({ length: 1000 }, randomExperiment);
  expect(new Set(numbers).size).toBe(1000);
  expect(numbers.every((each) => Number.isSafeInteger(each) && each >= 0)).toBe(true);
  expect(Math.max(...numbers)).toBeGreaterThan(2 ** 50);
});

test('what our kernels use on a board comes from the installation’s own file, word for word', () => {
  const root = mkdtempSync(join(tmpdir(), 'hka-resources-'));
  try {
    expect(() => readKernelResources(root, '8.7')).toThrow(/compute capability 8\.7: there is no .*sm_87\.json/);
    mkdirSync(join(root, 'kernels', 'resources'), { recursive: true });
    writeFileSync(join(root, 'kernels', 'resources', 'sm_87.json'), '{ "kernels": [] }\n');
    expect(readKernelResources(root, '8.7')).toBe('{ "kernels": [] }\n');
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
