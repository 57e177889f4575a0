// kernels/README.md shows the figures of the committed run. `npm run generate` writes it anew.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type KernelFigures, renderFigures, replaceFigures } from '../../gpu/figures';
import { root } from '../../root';

const README = join(root, 'kernels', 'README.md');

test('kernels/README.md shows what was measured', async () => {
  const { machine, tests } = JSON.parse(readFileSync(join(root, 'test/gpu/results/nvidia-h200.json'), 'utf8'));
  const gpu = String(machine.gpu).split(',')[0];
  const { torch, ...detector } = tests.detector.figures;
  const detectors = {
    fp16: { ours: detector['ours, fp16'], torch: torch.half },
    fp32: { ours: detector['ours, fp32'], torch: torch.single },
  };
  const figures: KernelFigures = { gpu, detectors, ...tests.experiments.figures, ...tests.kernelSpeed.figures };
  await expect(replaceFigures(readFileSync(README, 'utf8'), renderFigures(figures))).toMatchFileSnapshot(README);
});

test('the best variant of each size, and all at the largest', () => {
  const row = (size: number, variant: string, percentOfCublas: number) => ({
    size,
    variant,
    tflops: 7,
    percentOfCublas,
    percentOfCublasCold: percentOfCublas - 1,
  });
  const detector = {
    ours: { networkUs: { graph: [3, 1, 2], plain: [9] }, inferUs: { graph: [4], plain: [10] } },
    torch: { networkUs: 8, wholeUs: 11 },
  };
  const lines = renderFigures({
    detectors: { fp16: detector, fp32: detector },
    gpu: 'a GPU',
    gemmFp32: [row(64, 'tile_8', 20), row(64, 'auto', 90.6), row(128, 'tile_8', 10), row(128, 'auto', 95)],
    gemmFp16: [row(64, 'mma', 50)],
    memoryBound: [{ what: 'softmax 128 columns', percentOfCopy: 97.6 }],
    nms: [{ boxes: 1000, gpuUs: 30.2, referenceUs: 800 }],
  });
  expect(lines[3]).toBe('| gemm FP32, best of cuBLAS (TF32 off), warm · cold | 64: 91 · 90 %, 128: 95 · 94 % |');
  expect(lines[4]).toBe('| gemm FP32, of cuBLAS (TFLOP/s) | 128: tile_8 10 % (7), auto 95 % (7) |');
  expect(lines[7]).toBe('| softmax online, of a copy | 128 columns 98 % |');
  expect(lines[10]).toBe('| nms bitmask, by boxes | 1000: 30 µs, CPU 800 µs |');
  expect(lines[11]).toContain('FP16: 2 · 4 µs, PyTorch 8 · 11 µs (0.25 of it); one by one 9 · 10 µs. FP32: 2');
  expect(replaceFigures(`a\n${lines[0]}\nold\n${lines.at(-1)}\nb`, lines)).toBe(`a\n${lines.join('\n')}\nb`);
});
