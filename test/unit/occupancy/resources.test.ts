// The committed resource table of our kernels: well-formed, up to date, and what follows from it for an Orin.

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { architectureOf, findSources, findStale, hashSource, tablePath } from '../../../kernels/resources/sources.mjs';
import { findBoard } from '../../../shared/occupancy/boards';
import { limitingResources } from '../../../shared/occupancy/occupancy';
import { predictLaunch } from '../../../shared/occupancy/predict';
import {
  computeCapabilityOf,
  findKernelResources,
  parseResourceTable,
  type ResourceTable,
} from '../../../shared/occupancy/resources';

const root = join(import.meta.dirname, '..', '..', '..');
const committed = JSON.parse(readFileSync(join(root, tablePath('sm_87')), 'utf8'));

function committedTable(): ResourceTable {
  const parsed = parseResourceTable(committed);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

test('kernels/resources/sm_87.json describes the sources as they are; if not: npm run kernels:resources', () => {
  expect(findSources(root)).toContain('kernels/gemm/gemm_tile.cu');
  expect(findStale(root, committed)).toEqual([]);
});

test('it is for the Orin and has kernels of every family that the build compiles for it', () => {
  const table = committedTable();
  expect(table).toMatchObject({ architecture: 'sm_87', computeCapability: '8.7' });
  const without = findSources(root).filter((source) => !table.kernels.some((kernel) => kernel.source === source));
  expect(without.filter((source) => architectureOf(root, source, 'sm_87') !== undefined)).toEqual([]);
});

// The finding that this project reproduces: with one thread an element, the larger tile reads less memory and yet holds fewer warps,
// because two blocks of 32 warps do not fit into 48.
describe('one thread an element on compute capability 8.7', () => {
  const predict = (tile: number) => {
    const table = committedTable();
    const kernel = findKernelResources(table, `gemm_tile<${tile}>`)!;
    const launch = { threadsPerBlock: tile * tile, blockCount: 64, dynamicSharedBytes: 0 };
    const predicted = predictLaunch(table, kernel, launch, findBoard('orin-nano-8gb-super')!);
    if (!predicted.ok) throw new Error(predicted.error);
    return predicted.value.occupancy;
  };

  test('the 16 × 16 tile reaches 100 %: 6 blocks of 8 warps', () => {
    expect(predict(16)).toMatchObject({ blocksPerSm: 6, activeWarps: 48, warpsMax: 48, occupancyRatio: 1 });
  });

  test('the 32 × 32 tile reaches 67 %: 1 block of 32 warps', () => {
    const occupancy = predict(32);
    expect(occupancy).toMatchObject({ blocksPerSm: 1, activeWarps: 32, warpsMax: 48 });
    expect(Math.round(occupancy.occupancyRatio * 100)).toBe(67);
    expect(limitingResources(occupancy)).toContain('warps');
  });
});

describe('a table out of date', () => {
  let copy = '';
  beforeEach(() => {
    copy = mkdtempSync(join(tmpdir(), 'hka-kernels-'));
    mkdirSync(join(copy, 'kernels'));
    cpSync(join(root, 'kernels', 'common'), join(copy, 'kernels', 'common'), { recursive: true });
    writeFileSync(join(copy, 'kernels', 'a.h'), '#include "kernels/common/launch.h"\n');
    writeFileSync(join(copy, 'kernels', 'a.cu'), '#include "a.h"\n#include <vector>\n#include "not_ours.h"\n');
    writeFileSync(join(copy, 'kernels', 'b.cu'), '// Architectures: sm_90a, sm_100\n');
  });
  afterEach(() => rmSync(copy, { recursive: true, force: true }));

  const fresh = () => ({
    sources: Object.fromEntries(findSources(copy).map((path) => [path, { hash: hashSource(copy, path) }])),
  });
  const change = (path: string) => {
    const full = join(copy, path);
    writeFileSync(full, `${readFileSync(full, 'utf8')}// more\n`);
  };

  test('a source, a header beside it and a header of a header make it so; line ends do not', () => {
    const table = fresh();
    expect(findStale(copy, table)).toEqual([]);
    const source = join(copy, 'kernels/a.cu');
    writeFileSync(source, readFileSync(source, 'utf8').replaceAll('\n', '\r\n'));
    expect(findStale(copy, table)).toEqual([]);
    for (const path of ['kernels/a.cu', 'kernels/a.h', 'kernels/common/launch.h']) {
      const before = fresh();
      change(path);
      expect(findStale(copy, before), path).toEqual(['kernels/a.cu']);
    }
  });

  test('a new source and one that is gone do too', () => {
    const table = fresh();
    writeFileSync(join(copy, 'kernels/c.cu'), '');
    rmSync(join(copy, 'kernels/b.cu'));
    expect(findStale(copy, table)).toEqual(['kernels/c.cu', 'kernels/b.cu']);
  });

  test('a source may name its architectures', () => {
    const targets = ['sm_87', 'sm_90', 'sm_100'].map((each) => architectureOf(copy, 'kernels/b.cu', each));
    expect(targets).toEqual([undefined, 'sm_90a', 'sm_100']);
    expect(architectureOf(copy, 'kernels/a.cu', 'sm_87')).toBe('sm_87');
  });
});

describe('parsing a table', () => {
  const kernel = { ...committed.sources['kernels/gemm/gemm_tile.cu'].kernels[0] };
  const withKernels = (kernels: unknown) => ({
    architecture: 'sm_87',
    nvccVersion: '13.0.88',
    sources: { 'kernels/x.cu': { hash: '0', kernels } },
  });

  test.each<[unknown, string]>([
    [undefined, 'the resource table is no object'],
    [{}, 'the resource table lacks its architecture'],
    [{ ...withKernels([]), architecture: '8.7' }, 'the resource table lacks its architecture'],
    [{ ...withKernels([]), nvccVersion: 13 }, 'the resource table lacks the version of nvcc'],
    [{ ...withKernels([]), sources: [null] }, '0: lacks its kernels'],
    [withKernels({}), 'kernels/x.cu: lacks its kernels'],
    [withKernels([null]), 'kernels/x.cu: a kernel is no object'],
    [withKernels([{ ...kernel, name: '' }]), 'kernels/x.cu: a kernel lacks its name or signature'],
    [withKernels([{ ...kernel, registersPerThread: -1 }]), `kernels/x.cu: registersPerThread of ${kernel.name} is -1`],
    [withKernels([{ ...kernel, stackBytes: '4' }]), `kernels/x.cu: stackBytes of ${kernel.name} is "4"`],
  ])('%o', (value, error) => expect(parseResourceTable(value)).toEqual({ ok: false, error }));

  test('a name that two sources have finds neither; spaces in it do not matter', () => {
    const parsed = parseResourceTable({
      ...withKernels([{ ...kernel, name: 'a<1, 2>' }, kernel]),
      sources: { x: { kernels: [{ ...kernel, name: 'a<1, 2>' }, kernel] }, y: { kernels: [kernel] } },
    });
    const table = parsed.ok ? parsed.value : undefined;
    expect(findKernelResources(table!, 'a<1,2>')?.source).toBe('x');
    expect(findKernelResources(table!, kernel.name)).toBeUndefined();
  });

  test('architectures', () => {
    expect(['sm_87', 'sm_90a', 'sm_100', 'sm_120f', 'sm_9', 'compute_87'].map(computeCapabilityOf)).toEqual([
      '8.7',
      '9.0',
      '10.0',
      '12.0',
      undefined,
      undefined,
    ]);
  });
});
