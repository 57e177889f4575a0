// The committed resource table against the compiler itself, for the kernels of the finding. Whether every entry is of the present
// sources is seen without a compiler, in test/unit/occupancy/resources.test.ts.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { compileKernels, kernelsOf, nvccVersion } from '../../kernels/resources/compile.mjs';
import { tablePath } from '../../kernels/resources/sources.mjs';

const root = join(__dirname, '..', '..');
const version = nvccVersion();
const committed = JSON.parse(readFileSync(join(root, tablePath('sm_87')), 'utf8'));

interface Named {
  readonly name: string;
}

test('names are read from what nvcc printed', () => {
  const text = readFileSync(join(root, 'test/fixtures/ptxas/sm_87.txt'), 'utf8');
  expect(kernelsOf(text).map(({ name, registersPerThread }) => [name, registersPerThread])).toEqual([
    ['dynamic', 10],
    ['plain', 8],
    ['frame<(Layout)1>', 28],
    ['spill<128, true, __half>', 64],
    ['tile<16>', 12],
  ]);
});

test.runIf(process.env.CI)('nvcc is there in CI', () => expect(version).toBeDefined());

describe.skipIf(version === undefined && !process.env.CI)('nvcc', () => {
  const work = mkdtempSync(join(tmpdir(), 'hka-resources-'));
  afterAll(() => rmSync(work, { recursive: true, force: true }));

  test('compiles the tiled GEMM to what the table says', async () => {
    const path = Object.keys(committed.sources).find((source) =>
      committed.sources[source].kernels.some(({ name }: Named) => name === 'gemm_tile<16>'),
    )!;
    const compiled = await compileKernels(root, path, 'sm_87', work);
    const { kernels } = committed.sources[path];
    expect(compiled.map(({ name }) => name)).toEqual(kernels.map(({ name }: Named) => name));
    // Another release may allocate other registers; then only the names are the same.
    if (version === committed.nvccVersion) expect(compiled).toEqual(kernels);
  });

  test('its words are in the error of a source that it cannot compile', async () => {
    const failing = compileKernels(root, 'test/fixtures/ptxas/sm_87.txt', 'sm_87', work);
    await expect(failing).rejects.toThrow('nvcc could not compile test/fixtures/ptxas/sm_87.txt for sm_87:');
  });
});
