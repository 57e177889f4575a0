// What a person types, and what comes of it.

import { describe, expect, test } from 'vitest';
import { type Draft, FIRST_DRAFT, PRESETS, presetOf } from '../../../../app/renderer/model/laboratory/draft';
import { parseNumberList, parseSizes, parseWhole } from '../../../../app/renderer/model/laboratory/number-list';
import { type FieldErrors, specOfDraft } from '../../../../app/renderer/model/laboratory/spec-of-draft';
import { experimentTitle } from '../../../../app/renderer/model/laboratory/words';

const LIMITS = { noun: 'A side', min: 1, max: 1024 };
const listOf = (text: string) => {
  const parsed = parseNumberList(text, LIMITS);
  return parsed.ok ? parsed.value.join(' ') : parsed.error;
};

test('whole numbers as people write them', () => {
  expect(['7', '4K', '4KiB', '2mb', '1G', '2^20', '2^0'].map(parseWhole)).toEqual([
    7,
    4096,
    4096,
    2 ** 21,
    2 ** 30,
    2 ** 20,
    1,
  ]);
  expect(['', 'x', '1.5', '-3', '4T', '1e3', '1_000'].map(parseWhole)).toEqual(Array(7).fill(undefined));
});

test('lists: numbers, doublings, steps; each number once', () => {
  expect(listOf('32, 48 64;96')).toBe('32 48 64 96');
  expect(listOf('32..256')).toBe('32 64 128 256');
  expect(listOf('48..200')).toBe('48 96 192');
  expect(listOf('64..256:64')).toBe('64 128 192 256');
  expect(listOf('32 16..64')).toBe('32 16 64');
});

test('a list that cannot be used says why in one sentence', () => {
  expect(listOf('')).toBe('A side is missing: write at least one.');
  expect(listOf('32, many')).toBe('A side must be a whole number from 1 to 1,024, not “many”.');
  expect(listOf('0')).toBe('A side must be a whole number from 1 to 1,024, not “0”.');
  expect(listOf('1000..4000:1000')).toBe('A side must be a whole number from 1 to 1,024, not “2000”.');
  for (const word of ['64..32', '..32', '32..', '0..8', '8..64:0', 'a..b']) {
    expect(listOf(word)).toBe(`“${word}” is no range; write it as 32..1024 or 64..512:64.`);
  }
  expect(listOf('1..1000:1')).toBe('65 are too many; at most 64 fit.');
});

test('sizes: squares and rows × columns × depth', () => {
  expect(parseSizes('32..64 512x256x128, 7 × 8 × 9', 16384)).toEqual({
    ok: true,
    value: [32, 64, [512, 256, 128], [7, 8, 9]],
  });
  expect(parseSizes('512x256', 16384)).toMatchObject({
    error: '“512x256” has 2 sides; write rows × columns × depth as 512x256x128.',
  });
  expect(parseSizes('16385', 16384)).toMatchObject({
    error: 'A side must be a whole number from 1 to 16,384, not “16385”.',
  });
});

const errorsOf = (change: Partial<Draft>): FieldErrors => {
  const spec = specOfDraft({ ...FIRST_DRAFT, ...change });
  return spec.ok ? {} : spec.error;
};

describe('the form', () => {
  test('every preset is an experiment as it stands; that of an own kernel only lacks its file', () => {
    for (const preset of PRESETS) {
      const draft = { ...FIRST_DRAFT, ...preset.change };
      expect(presetOf(draft)?.id).toBe(preset.id);
      const spec = specOfDraft(draft);
      if (preset.id === 'kernel') {
        expect(spec).toEqual({ ok: false, error: { source: 'Choose a .cu file, or paste the source of a kernel.' } });
      } else {
        expect(spec).toMatchObject({ ok: true, value: { kind: draft.kind, sampleCount: 50 } });
      }
    }
  });

  test('GEMM tiles are 256 to 1024 of all variants', () => {
    const spec = specOfDraft(FIRST_DRAFT);
    expect(spec.ok && spec.value).toMatchObject({ kind: 'gemm', sizes: [256, 512, 768, 1024], precision: 'fp32' });
    expect(spec.ok && spec.value.kind === 'gemm' && spec.value.variants).toBe(undefined);
    expect(spec.ok && experimentTitle({ spec: spec.value })).toBe('GEMM fp32 · 4 sizes · all variants');
  });

  test.each<[Partial<Draft>, FieldErrors]>([
    [
      { variants: 'tile_16, ti/le' },
      { variants: '“ti/le” is no name of a variant; names have letters, digits and _, as in tile_16.' },
    ],
    [{ sampleCount: '2' }, { sampleCount: 'The number of samples must be a whole number from 3 to 10,000, not “2”.' }],
    [
      { kind: 'blockSize', blockSizes: '2048' },
      { blockSizes: 'A block size must be a whole number from 1 to 1,024, not “2048”.' },
    ],
    [{ kind: 'copy', memories: [] }, { memories: 'Choose at least one kind of memory.' }],
    [
      { kind: 'streams', streamCounts: '33' },
      { streamCounts: 'A number of streams must be a whole number from 1 to 32, not “33”.' },
    ],
    [{ kind: 'batch', batchSizes: '' }, { batchSizes: 'A batch is missing: write at least one.' }],
    [
      { kind: 'kernel', source: 'x', flops: '-1' },
      { flops: 'The number of operations must be 0 or more; 0 says that it is not known.' },
    ],
    [
      {
        kind: 'kernel',
        source: 'x',
        arguments: [{ kind: 'buffer', element: 'f32', count: 'n', fill: 'zero', value: '' }],
      },
      { arguments: 'Argument 1: The number of elements must be a whole number from 1 to 4,294,967,296, not “n”.' },
    ],
    [
      { kind: 'kernel', source: 'x'.repeat(100_001) },
      { source: 'The source has 100,001 characters; at most 100,000 fit.' },
    ],
  ])('%o is refused in one sentence', (change, errors) => {
    expect(errorsOf(change)).toEqual(errors);
  });

  test('an own kernel with its arguments', () => {
    const spec = specOfDraft({
      ...FIRST_DRAFT,
      kind: 'kernel',
      source: '__global__ void f() {}',
      fileName: 'f.cu',
      arguments: [
        { kind: 'buffer', element: 'u8', count: '1K', fill: 'zero', value: '' },
        { kind: 'i32', element: 'f32', count: '', fill: 'zero', value: '-5' },
        { kind: 'f32', element: 'f32', count: '', fill: 'zero', value: '2.5e-3' },
      ],
      flops: '2e9',
    });
    expect(spec).toMatchObject({
      ok: true,
      value: {
        fileName: 'f.cu',
        arguments: [
          { kind: 'buffer', element: 'u8', count: 1024, fill: 'zero' },
          { kind: 'i32', value: -5 },
          { kind: 'f32', value: 0.0025 },
        ],
        threadCount: 2 ** 20,
        flops: 2e9,
      },
    });
  });
});
