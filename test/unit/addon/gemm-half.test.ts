import { afterAll, describe, expect, test } from 'vitest';
import { loadAddon } from '../../../probe/runner/addon';
import { checkSentence } from '../../../probe/runner/check/check';
import { CheckBench } from '../../../probe/runner/check/check-bench';
import {
  GEMM_HALF_MMA_VARIANTS,
  GEMM_HALF_WGMMA_VARIANTS,
  gemmHalfChecks,
  halfBitsOfWhole,
} from '../../../probe/runner/check/gemm-half';
import { ensureNativeBuilt } from '../../integration/native-built';

const addon = loadAddon(ensureNativeBuilt().addonPath);
const device = addon.createCpuDevice({ threads: 2 });
afterAll(() => device.close());

const halves = (...values: number[]) => Uint16Array.from(values, halfBitsOfWhole);
const shape = { rows: 2, columns: 2, depth: 3 };
// 1 2 3     1   0     31 302
// 4 5 6  ·  0   1  =  64 605
//          10 100
const a = halves(1, 2, 3, 4, 5, 6);
const b = halves(1, 0, 0, 1, 10, 100);

/** The call with memory of its own, for sizes that are not run. */
function call(sides: { rows: number; columns: number; depth: number }) {
  const memory = (count: number) => device.alloc(count * 2);
  const { rows, columns, depth } = sides;
  return {
    kernel: 'gemm_half',
    ...sides,
    a: memory(rows * depth),
    b: memory(depth * columns),
    c: memory(rows * columns),
  };
}

test('whole numbers as halves, from the tables of IEEE 754', () => {
  expect([...halves(1, -2, 3, 2048, 0)]).toEqual([0x3c00, 0xc000, 0x4200, 0x6800, 0]);
});

describe('the reference, checked by eye', () => {
  test('with floats out', () => {
    const c = new Float32Array(4);
    addon.runReference({ kernel: 'gemm_half', a, b, c, ...shape, isFloatOutput: true });
    expect([...c]).toEqual([31, 302, 64, 605]);
  });

  test('with halves out: what lies between two goes to the even one', () => {
    const c = new Uint16Array(4);
    addon.runReference({ kernel: 'gemm_half', a, b, c, ...shape });
    expect([...c]).toEqual([...halves(31, 302, 64, 605)]);
    const one = { kernel: 'gemm_half', rows: 1, columns: 1, depth: 2 };
    const sum = new Uint16Array(1);
    addon.runReference({ ...one, a: halves(2048, 1), b: halves(1, 1), c: sum });
    expect([...sum]).toEqual([...halves(2048)]);
    addon.runReference({ ...one, a: halves(2048, 1), b: halves(1, 3), c: sum });
    expect([...sum]).toEqual([0x6802]); // 2051 → 2052
    addon.runReference({ ...one, a: halves(2048, 0), b: halves(32, 0), c: sum });
    expect([...sum]).toEqual([0x7c00]); // 65536 is past the largest half
  });
});

describe('twins', () => {
  test('the check finds nothing', () => {
    const bench = new CheckBench(addon, device);
    const results = gemmHalfChecks(device).map((check) => bench.run(check));
    expect(results.filter((result) => !result.isGood).map(checkSentence)).toEqual([]);
  });

  test('the check fails on a device that does nothing', () => {
    const bench = new CheckBench(addon, { ...device, launch: () => undefined });
    expect(gemmHalfChecks(device).filter((check) => bench.run(check).isGood)).toEqual([]);
  });

  test('blocks that stay take tile after tile, clusters side by side', () => {
    const sides = { rows: 700, columns: 520, depth: 8 };
    for (const variant of GEMM_HALF_WGMMA_VARIANTS) {
      const described = device.describeLaunch({ ...call(sides), variant });
      expect(described.launches[0].grid).toEqual([2, 1, 1]); // two threads stand for two multiprocessors
      expect(described.flops).toBe(2 * 700 * 520 * 8);
      expect(described.bytes).toBe(2 * (700 * 8 + 8 * 520 + 700 * 520));
    }
  });
});

describe('what does not fit is said in a sentence', () => {
  test('a variant that is none: the sentence names all, and the check has all', () => {
    const words = [...GEMM_HALF_MMA_VARIANTS, ...GEMM_HALF_WGMMA_VARIANTS];
    expect(() => device.describeLaunch({ ...call(shape), variant: 'wmma' })).toThrow(words.join(', '));
  });

  test('wgmma with rows that are no multiples of 16 bytes', () => {
    expect(() => device.describeLaunch({ ...call(shape), variant: 'wgmma_128x256_4_2' })).toThrow(/multiples of 8/);
  });

  test('too little memory', () => {
    const small = device.alloc(2);
    expect(() => device.launch({ ...call(shape), a: small })).toThrow(/12 are needed/);
  });
});
