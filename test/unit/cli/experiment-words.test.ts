// Words of the command as a spec, kind by kind, and what is said of wrong ones.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseVerb, UsageError } from '../../../app/cli/command';
import { KIND_WORDS, kindOf, parseExperiment } from '../../../app/cli/experiment-words';
import { runCommand } from '../../../app/cli/main';
import { experiment } from '../../../app/cli/verbs/experiment';
import { BLOCK_KERNELS, experimentSpec } from '../../../shared/rpc/experiment';

const KERNEL = { source: '__global__ void scale(float* a) {}', fileName: 'scale.cu' };

function specOf(line: string) {
  const parsed = parseVerb(experiment, line.split(' '));
  return parseExperiment(kindOf(parsed.words).word, parsed, KERNEL);
}

function refusalOf(line: string): string {
  try {
    specOf(line);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message;
  }
  throw new Error(`${line} was taken`);
}

const COMMON = { sampleCount: 50, measureCold: true, readCounters: false };

test.each([
  [
    'gemm --sizes 256,512,1024x768x512,256 --variants tile_16,warp_128x128 --precision fp16',
    { kind: 'gemm', sizes: [256, 512, [1024, 768, 512]], variants: ['tile_16', 'warp_128x128'], precision: 'fp16' },
  ],
  ['gemm', { kind: 'gemm', sizes: [128, 256, 512, 1024], precision: 'fp32' }],
  [
    'block-size --kernel silu --blocks 32,1024 --elements 1000',
    { kind: 'blockSize', kernel: 'silu', blockSizes: [32, 1024], elementCount: 1000 },
  ],
  [
    'block-size',
    { kind: 'blockSize', kernel: 'relu', blockSizes: [32, 64, 128, 256, 512, 1024], elementCount: 2 ** 22 },
  ],
  ['batch --counts 1,8', { kind: 'batch', batchSizes: [1, 8] }],
  ['streams --counts 1,4 --sizes 128', { kind: 'streams', streamCounts: [1, 4], side: 128, launchCount: 8 }],
  [
    'copy --bytes 4K,1MiB,1.5M,64,2G,8B --memories pinned --ways deviceToHost,hostToDevice',
    {
      kind: 'copy',
      bytes: [4096, 1_048_576, 1_572_864, 64, 2 ** 31, 8],
      memories: ['pinned'],
      ways: ['deviceToHost', 'hostToDevice'],
    },
  ],
  [
    'copy --bytes 1K',
    {
      kind: 'copy',
      bytes: [1024],
      memories: ['pageable', 'pinned', 'managed'],
      ways: ['hostToDevice', 'deviceToHost', 'deviceToDevice'],
    },
  ],
  ['launch --counts 1,100', { kind: 'launch', launchCounts: [1, 100] }],
  [
    'allocation --bytes 4K --memories pool,device',
    { kind: 'allocation', bytes: [4096], allocators: ['pool', 'device'] },
  ],
  [
    'kernel scale.cu --arg buffer:f32:1048576 --arg i32:-5 --arg buffer:u8:16:zero --arg f32:0.5 --blocks 64 --entry scale --shared 16K --flops 9 --bytes 8K',
    {
      kind: 'kernel',
      ...KERNEL,
      entry: 'scale',
      arguments: [
        { kind: 'buffer', element: 'f32', count: 1_048_576, fill: 'random' },
        { kind: 'i32', value: -5 },
        { kind: 'buffer', element: 'u8', count: 16, fill: 'zero' },
        { kind: 'f32', value: 0.5 },
      ],
      blockSizes: [64],
      threadCount: 1_048_576,
      dynamicSharedBytes: 16_384,
      flops: 9,
      bytes: 8192,
    },
  ],
])('%s', (line, spec) => {
  expect(specOf(line)).toEqual({ ...COMMON, ...spec });
});

test('what goes with every kind', () => {
  expect(specOf('launch --samples 7 --no-cold --counters')).toMatchObject({
    sampleCount: 7,
    measureCold: false,
    readCounters: true,
  });
  expect(specOf('kernel a.cu --threads 64')).toMatchObject({ threadCount: 64, arguments: [] });
});

test('every kind of the spec has its word', () => {
  const specs = KIND_WORDS.map((word) => specOf(word === 'kernel' ? 'kernel a.cu --threads 1' : word));
  expect(specs.map(({ kind }) => kind).sort()).toEqual(
    experimentSpec.options.map((option) => option.shape.kind.value).sort(),
  );
});

test.each([
  [
    'speed',
    'there is no experiment "speed"; there are gemm, block-size, batch, streams, copy, launch, allocation, kernel.',
  ],
  ['constructor', 'there is no experiment "constructor"; there are'],
  ['gemm file.cu', '"file.cu" is one word too many.'],
  ['kernel', 'name the file behind it: experiment kernel FILE.cu.'],
  ['gemm --sizes 0', '--sizes takes sides from 1 to 16384, or rows x columns x depth such as 1024x768x512, not "0".'],
  ['gemm --sizes 32,,48', 'not "".'],
  ['gemm --sizes 32x48', '--sizes takes three sides such as 1024x768x512, not "32x48".'],
  ['gemm --sizes 20000', 'not "20000".'],
  ['gemm --sizes -5', "Option '--sizes' argument is ambiguous."],
  ['gemm --variants til$', '--variants does not fit: must be a word of letters, digits, "_", "." and "-".'],
  ['gemm --precision fp64', '--precision takes one of fp32, fp16, not "fp64".'],
  ['gemm --counts 3', '--counts goes with batch, streams, launch, not with gemm.'],
  ['copy --arg i32:5', '--arg goes with kernel, not with copy.'],
  ['block-size --kernel gemm', `--kernel takes one of ${BLOCK_KERNELS.join(', ')}, not "gemm".`],
  ['block-size --blocks 2048', '--blocks does not fit: too big: expected number to be <=1024.'],
  ['block-size --elements 1e9', '--elements takes whole numbers, not "1e9".'],
  ['batch --counts one', '--counts takes whole numbers, not "one".'],
  ['streams --counts 33', '--counts does not fit: too big: expected number to be <=32.'],
  ['streams --sizes 64,128', '--sizes takes sides from 1 to 16384'],
  ['copy --bytes 4X', '--bytes takes bytes such as 4096, 4K or 1.5M, not "4X".'],
  ['copy --bytes 0.3K', 'not "0.3K".'],
  ['copy --bytes 128G', '--bytes does not fit: too big'],
  ['copy --memories pool', '--memories takes pageable, pinned, managed, not "pool".'],
  ['copy --ways up', '--ways takes hostToDevice, deviceToHost, deviceToDevice, not "up".'],
  ['allocation --memories pageable', '--memories takes device, pool, pinned, managed, not "pageable".'],
  ['launch --samples 2', '--samples does not fit: too small: expected number to be >=3.'],
  ['kernel a.cu', 'name the work items with --threads, or a buffer with --arg.'],
  ['kernel a.cu --arg i32:5', 'name the work items'],
  ...[
    'buffer',
    'buffer:f16:4',
    'buffer:f32:0',
    'buffer:f32:4:ones',
    'buffer:f32:4:zero:x',
    'i32:0.5',
    'i32:',
    'u32:-1',
    'f32:x',
    'i32:5:6',
    'f64:1',
  ].map((word) => [
    `kernel a.cu --threads 1 --arg ${word}`,
    `--arg takes buffer:f32|i32|u32|u8:COUNT[:zero|random], i32:N, u32:N or f32:X, not "${word}".`,
  ]),
  ['kernel a.cu --threads 1 --shared 1M', '--shared does not fit: too big'],
  [
    `launch --counts ${Array.from({ length: 65 }, (_, i) => i + 1).join(',')}`,
    '--counts does not fit: too big: expected array to have <=64 items.',
  ],
])('%s is refused in one sentence', (line, sentence) => {
  expect(refusalOf(line)).toContain(sentence);
  expect(refusalOf(line)).not.toContain('\n');
});

test('wrong words are exit code 2 and a missing file is 1, with nothing on stdout and nothing started', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hka-words-'));
  const command = async (...words: string[]) => {
    const said = { out: '', err: '' };
    const code = await runCommand(['experiment', ...words], {
      out: (text) => (said.out += text),
      err: (text) => (said.err += text),
      isInteractive: false,
      verbose: false,
    });
    return { code, ...said };
  };
  try {
    expect(await command('gemm', '--sizes', 'big')).toMatchObject({ code: 2, out: '' });
    expect(await command()).toMatchObject({ code: 2, out: '' });
    expect(await command('gemm', '--device', 'tpu')).toMatchObject({
      code: 2,
      err: 'hookanalyzer experiment: --device takes one of auto, cpu, cuda, not "tpu". hookanalyzer experiment --help shows an example.\n',
    });
    const path = join(folder, 'none.cu');
    expect(await command('kernel', path, '--threads', '1')).toMatchObject({
      code: 1,
      out: '',
      err: `hookanalyzer experiment: There is no file ${path}. Check the name.\n`,
    });
    const { code, out } = await command('--help');
    expect(code).toBe(0);
    for (const word of KIND_WORDS) expect(out).toContain(word);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
