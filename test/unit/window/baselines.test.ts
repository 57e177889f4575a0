// Baselines outlive sessions, so the file is never lost: not by damage, not by a limit, not by a write that fails half-way.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BASELINE_COUNT_MAX, Baselines } from '../../../app/host/window/baselines';
import { experimentSpec } from '../../../shared/rpc/experiment';
import type { Baseline } from '../../../shared/window/methods';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hka-baselines-'));
  path = join(folder, 'deeper', 'baselines.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const given = (name: string): Omit<Baseline, 'id'> => ({
  name,
  hostName: 'orin',
  device: 'Orin',
  deviceKind: 'cuda',
  measuredUnixMs: 1_760_000_000_000,
  spec: experimentSpec.parse({ kind: 'gemm', sizes: [512] }),
  points: [
    {
      series: 'tile_16',
      x: 512,
      label: '512 × 512 × 512',
      precision: 'fp32',
      medianNs: 1e6,
      spreadRatio: 0.01,
      flopsPerSec: 2.7e11,
      bytesPerSec: -1,
      occupancyRatio: 1,
    },
  ],
});

test('what was pinned is there for the next start, the latest first, until it is removed', () => {
  const [older, newer] = ['older', 'newer'].map((name) => new Baselines(path).pin(given(name)));
  expect(new Baselines(path).list()).toEqual([newer, older]);
  expect(older).toEqual({ ...given('older'), id: older.id });
  expect(older.id).not.toBe(newer.id);
  new Baselines(path).remove(newer.id);
  new Baselines(path).remove(newer.id);
  expect(new Baselines(path).list()).toEqual([older]);
  expect(readdirSync(join(folder, 'deeper'))).toEqual(['baselines.json']);
});

test('without a file there is none, and asking makes no file', () => {
  expect(new Baselines(path).list()).toEqual([]);
  expect(existsSync(path)).toBe(false);
});

test.each([
  ['no JSON', '{"baselines": ['],
  ['a foreign content', '{"baselines": [{"id": 1}]}'],
  [
    'more than there may be',
    JSON.stringify({ baselines: Array(BASELINE_COUNT_MAX + 1).fill({ ...given('x'), id: 'x' }) }),
  ],
])('a file with %s is set aside whole, said once, and the next call goes on', (_, text) => {
  mkdirSync(join(folder, 'deeper'));
  writeFileSync(path, text);
  const baselines = new Baselines(path);
  expect(() => baselines.pin(given('new'))).toThrow(
    /is damaged and was set aside as .*baselines-damaged-\d+T\d+Z\.json/,
  );
  const [aside] = readdirSync(join(folder, 'deeper'));
  expect(readFileSync(join(folder, 'deeper', aside), 'utf8')).toBe(text);
  const pinned = baselines.pin(given('new'));
  expect(baselines.list()).toEqual([pinned]);
});

test(`there are ${BASELINE_COUNT_MAX} at most, and one that is refused changes nothing`, () => {
  mkdirSync(join(folder, 'deeper'));
  const full = Array.from({ length: BASELINE_COUNT_MAX }, (_, index) => ({ ...given('x'), id: `id${index}` }));
  writeFileSync(path, JSON.stringify({ baselines: full }));
  const baselines = new Baselines(path);
  expect(() => baselines.pin(given('one more'))).toThrow(
    'There are 100 baselines already. Remove one, then pin again.',
  );
  expect(baselines.list()).toEqual(full);
  baselines.remove('id7');
  expect(baselines.pin(given('one more')).name).toBe('one more');
});

test('a folder that cannot be made is a sentence about it', () => {
  writeFileSync(join(folder, 'deeper'), 'a file');
  expect(() => new Baselines(path).pin(given('x'))).toThrow(/A part of .* is a file, not a folder/);
});
