// The words behind `hookanalyzer experiment` as a spec of shared/rpc/experiment.ts. Pure: the source of a user's kernel is read by the verb.

import {
  ALLOCATORS,
  BLOCK_KERNELS,
  COPY_MEMORIES,
  COPY_WAYS,
  type ExperimentInput,
  type ExperimentSpec,
  experimentSpec,
  PRECISIONS,
} from '../../shared/rpc/experiment';
import { type Option, oneOf, type Parsed, usage } from './command';
import {
  argumentOf,
  byteSizes,
  choices,
  matrixSizes,
  numbers,
  oneNumber,
  parseBytes,
  sideOf,
  wordsOf,
} from './experiment-values';

const BLOCKS_DEFAULT = '32,64,128,256,512,1024';
const BYTES_DEFAULT = '4K,64K,1M,16M,64M';
const SIZES_DEFAULT = '128,256,512,1024';

/** The options that say what is measured, in the order of the help. */
export const SWEEP_OPTIONS: Readonly<Record<string, Option>> = {
  sizes: { type: 'string', value: 'N,MxNxK', help: `matrices: gemm (default ${SIZES_DEFAULT}), streams (one side)` },
  variants: { type: 'string', value: 'NAME[,…]', help: 'gemm: kernels to compare (default all)' },
  precision: { type: 'string', value: 'fp32|fp16', help: 'gemm (default fp32)' },
  blocks: { type: 'string', value: 'N[,…]', help: 'threads a block: block-size, kernel' },
  kernel: { type: 'string', value: 'NAME', help: `block-size: ${BLOCK_KERNELS.join(', ')} (default relu)` },
  elements: { type: 'string', value: 'N', help: 'block-size: elements of the array (default 4194304)' },
  counts: { type: 'string', value: 'N[,…]', help: 'batch: images; streams: streams; launch: launches in a chain' },
  bytes: {
    type: 'string',
    value: 'N[K|M|G][,…]',
    help: `copy, allocation (default ${BYTES_DEFAULT}); kernel: of one launch`,
  },
  memories: {
    type: 'string',
    value: 'NAME[,…]',
    help: 'copy: pageable, pinned, managed; allocation: also device, pool',
  },
  ways: { type: 'string', value: 'NAME[,…]', help: `copy: ${COPY_WAYS.join(', ')}` },
  entry: { type: 'string', value: 'NAME', help: 'kernel: which one of the file' },
  arg: {
    type: 'string',
    value: 'KIND:…',
    repeats: true,
    help: 'kernel: buffer:f32:1024[:zero], i32:5, u32:5 or f32:0.5; in order',
  },
  threads: { type: 'string', value: 'N', help: 'kernel: work items (default the elements of the first buffer)' },
  shared: { type: 'string', value: 'N[K]', help: 'kernel: bytes of dynamic shared memory a block' },
  flops: { type: 'string', value: 'N', help: 'kernel: floating-point operations of one launch' },
  samples: { type: 'string', value: 'N', help: 'samples a point (default 50)' },
  'no-cold': { type: 'boolean', help: 'measure with warm caches only' },
  counters: { type: 'boolean', help: 'read hardware counters too, where they may be read' },
};

/** What the verb has read for `kernel FILE.cu`. */
export interface KernelSource {
  readonly source: string;
  readonly fileName: string;
}

interface KindWords {
  /** Options of SWEEP_OPTIONS that go with it, beside those that go with all. */
  readonly options: readonly string[];
  readonly read: (parsed: Parsed, common: Common, kernel: KernelSource) => ExperimentInput;
}

type Common = Pick<ExperimentInput, 'sampleCount' | 'measureCold' | 'readCounters'>;

const COMMON_OPTIONS = ['samples', 'no-cold', 'counters'];

function kernelInput(parsed: Parsed, common: Common, kernel: KernelSource): ExperimentInput {
  const given = parsed.texts('arg').map(argumentOf);
  const first = given.find((each) => each.kind === 'buffer');
  const threadCount = oneNumber(parsed, 'threads') ?? (first?.kind === 'buffer' ? first.count : undefined);
  if (threadCount === undefined) throw usage('name the work items with --threads, or a buffer with --arg.');
  const [shared, bytes] = ['shared', 'bytes'].map((name) => {
    const word = parsed.text(name);
    return word === undefined ? undefined : parseBytes(name, word);
  });
  return {
    kind: 'kernel',
    ...kernel,
    entry: parsed.text('entry'),
    arguments: given,
    blockSizes: numbers(parsed, 'blocks', BLOCKS_DEFAULT),
    threadCount,
    dynamicSharedBytes: shared,
    flops: oneNumber(parsed, 'flops'),
    bytes,
    ...common,
  };
}

/** By the word that the command takes. */
const KINDS: Readonly<Record<string, KindWords>> = {
  gemm: {
    options: ['sizes', 'variants', 'precision'],
    read: (parsed, common) => ({
      kind: 'gemm',
      sizes: matrixSizes(parsed, SIZES_DEFAULT),
      variants: wordsOf(parsed, 'variants'),
      precision: oneOf(parsed, 'precision', PRECISIONS, 'fp32'),
      ...common,
    }),
  },
  'block-size': {
    options: ['blocks', 'kernel', 'elements'],
    read: (parsed, common) => ({
      kind: 'blockSize',
      kernel: oneOf(parsed, 'kernel', BLOCK_KERNELS, 'relu'),
      blockSizes: numbers(parsed, 'blocks', BLOCKS_DEFAULT),
      elementCount: oneNumber(parsed, 'elements'),
      ...common,
    }),
  },
  batch: {
    options: ['counts'],
    read: (parsed, common) => ({ kind: 'batch', batchSizes: numbers(parsed, 'counts', '1,2,4,8,16,32'), ...common }),
  },
  streams: {
    options: ['counts', 'sizes'],
    read: (parsed, common) => {
      const size = parsed.text('sizes');
      const side = size === undefined ? undefined : sideOf(size);
      return { kind: 'streams', streamCounts: numbers(parsed, 'counts', '1,2,4,8'), side, ...common };
    },
  },
  copy: {
    options: ['bytes', 'memories', 'ways'],
    read: (parsed, common) => ({
      kind: 'copy',
      bytes: byteSizes(parsed, BYTES_DEFAULT),
      memories: choices(parsed, 'memories', COPY_MEMORIES),
      ways: choices(parsed, 'ways', COPY_WAYS),
      ...common,
    }),
  },
  launch: {
    options: ['counts'],
    read: (parsed, common) => ({ kind: 'launch', launchCounts: numbers(parsed, 'counts', '1,10,100,1000'), ...common }),
  },
  allocation: {
    options: ['bytes', 'memories'],
    read: (parsed, common) => ({
      kind: 'allocation',
      bytes: byteSizes(parsed, BYTES_DEFAULT),
      allocators: choices(parsed, 'memories', ALLOCATORS),
      ...common,
    }),
  },
  kernel: {
    options: ['blocks', 'entry', 'arg', 'threads', 'shared', 'flops', 'bytes'],
    read: kernelInput,
  },
};

export const KIND_WORDS: readonly string[] = Object.keys(KINDS);

/** Which option a field of the spec came from, where the names differ. */
const OPTION_OF: Readonly<Record<string, string>> = {
  blockSizes: 'blocks',
  elementCount: 'elements',
  batchSizes: 'counts',
  streamCounts: 'counts',
  launchCounts: 'counts',
  arguments: 'arg',
  threadCount: 'threads',
  dynamicSharedBytes: 'shared',
  sampleCount: 'samples',
};

function checkOptions(word: string, parsed: Parsed): void {
  const allowed = [...KINDS[word].options, ...COMMON_OPTIONS];
  for (const [name, { type }] of Object.entries(SWEEP_OPTIONS)) {
    const isGiven = type === 'boolean' ? parsed.flag(name) : parsed.texts(name).length > 0;
    if (!isGiven || allowed.includes(name)) continue;
    const fitting = KIND_WORDS.filter((each) => KINDS[each].options.includes(name));
    throw usage(`--${name} goes with ${fitting.join(', ')}, not with ${word}.`);
  }
}

/** Checks the words that stand alone: the kind, and the file of a kernel. Throws UsageError. */
export function kindOf(words: readonly string[]): { readonly word: string; readonly sourcePath: string | undefined } {
  const [word, sourcePath] = words;
  if (!Object.hasOwn(KINDS, word)) {
    throw usage(`there is no experiment "${word}"; there are ${KIND_WORDS.join(', ')}.`);
  }
  if (word === 'kernel' && sourcePath === undefined) throw usage('name the file behind it: experiment kernel FILE.cu.');
  if (word !== 'kernel' && sourcePath !== undefined) throw usage(`"${sourcePath}" is one word too many.`);
  return { word, sourcePath };
}

/** The spec of an experiment. `kernel` is read for the kind of that name only. Throws UsageError with one sentence. */
export function parseExperiment(word: string, parsed: Parsed, kernel: KernelSource): ExperimentSpec {
  checkOptions(word, parsed);
  const common = {
    sampleCount: oneNumber(parsed, 'samples'),
    measureCold: !parsed.flag('no-cold'),
    readCounters: parsed.flag('counters'),
  };
  const checked = experimentSpec.safeParse(KINDS[word].read(parsed, common, kernel));
  if (checked.success) return checked.data;
  const [{ path, message }] = checked.error.issues;
  const field = String(path[0]);
  const where = field === 'source' ? kernel.fileName : `--${OPTION_OF[field] ?? field}`;
  throw usage(`${where} does not fit: ${message.charAt(0).toLowerCase()}${message.slice(1)}.`);
}
