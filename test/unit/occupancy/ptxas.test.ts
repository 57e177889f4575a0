import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { launchName, parsePtxas } from '../../../kernels/resources/ptxas.mjs';

const text = readFileSync(join(import.meta.dirname, '../../fixtures/ptxas/sm_87.txt'), 'utf8');

test('every kernel of a real compilation', () => {
  const frame = { stackBytes: 0, spillStoreBytes: 0, spillLoadBytes: 0 };
  const kernels = parsePtxas(text).map(({ mangledName, ...kernel }) => ({
    name: /s\d+([a-z]+)/.exec(mangledName)?.[1],
    ...kernel,
  }));
  expect(kernels).toEqual([
    // The function it calls is described right after it, and must not be taken for it.
    { name: 'frame', ...frame, stackBytes: 160, registersPerThread: 28, ...memory(0, 0, 368) },
    {
      name: 'spill',
      stackBytes: 1528,
      spillStoreBytes: 1948,
      spillLoadBytes: 2068,
      registersPerThread: 64,
      ...memory(0, 0, 364),
    },
    { name: 'tile', ...frame, registersPerThread: 12, ...memory(1024, 1, 360) },
    { name: 'dynamic', ...frame, registersPerThread: 10, ...memory(0, 1, 368) },
    { name: 'plain', ...frame, registersPerThread: 8, ...memory(0, 0, 364) },
  ]);
});

function memory(staticSharedBytes: number, blockBarrierCount: number, constantBytes: number) {
  return { staticSharedBytes, blockBarrierCount, constantBytes };
}

test('several constant banks are one sum', () => {
  const used = 'ptxas info    : Used 9 registers, used 0 barriers, 360 bytes cmem[0], 16 bytes cmem[2]';
  const [kernel] = parsePtxas(`Compiling entry function 'k' for 'sm_70'\n${used}`);
  expect(kernel.constantBytes).toBe(376);
});

test('a source without kernels has none; a kernel without figures is an error, not a row of zeros', () => {
  expect(parsePtxas('ptxas info    : 0 bytes gmem\n')).toEqual([]);
  expect(() => parsePtxas("Compiling entry function 'k' for 'sm_87'\n")).toThrow('ptxas says nothing of k');
  const old = "Compiling entry function 'k' for 'sm_87'\nptxas info    : Used 9 registers, 360 bytes cmem[0]";
  expect(() => parsePtxas(old)).toThrow('this ptxas does not count the barriers of k: use CUDA 13 or later');
});

test.each([
  ['void hka::kernels::gemm_tile<16u>(float const*, unsigned int)', 'gemm_tile<16>'],
  ['hka::kernels::relu(float const*, float*, unsigned int)', 'relu'],
  ['void hka::kernels::gemm_warp<128, 64ul, true>(hka::kernels::Arguments)', 'gemm_warp<128, 64, true>'],
  ['void hka::kernels::frame<(hka::kernels::Layout)1>(float*)', 'frame<(Layout)1>'],
  ['hka::kernels::(anonymous namespace)::hidden(float*)', 'hidden'],
  ['void hka::kernels::convert<__half, float4>(__half*)', 'convert<__half, float4>'],
])('%s is launched as %s', (signature, name) => expect(launchName(signature)).toBe(name));
