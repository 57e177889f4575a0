// What stands in the form: texts as typed, so that a wrong one is kept while it is mended. spec-of-draft.ts makes an experiment of it.

import type {
  ALLOCATORS,
  BLOCK_KERNELS,
  COPY_MEMORIES,
  COPY_WAYS,
  ExperimentKind,
  PRECISIONS,
} from '../../../../shared/rpc/experiment';

export interface ArgumentDraft {
  readonly kind: 'buffer' | 'i32' | 'u32' | 'f32';
  readonly element: 'f32' | 'i32' | 'u32' | 'u8';
  /** Elements of a buffer. */
  readonly count: string;
  readonly fill: 'random' | 'zero';
  /** Of a number. */
  readonly value: string;
}

export interface Draft {
  readonly kind: ExperimentKind;
  readonly device: 'auto' | 'cpu' | 'cuda';
  readonly sizes: string;
  /** Empty is all. */
  readonly variants: string;
  readonly precision: (typeof PRECISIONS)[number];
  readonly blockKernel: (typeof BLOCK_KERNELS)[number];
  readonly blockSizes: string;
  readonly elementCount: string;
  readonly batchSizes: string;
  readonly streamCounts: string;
  readonly side: string;
  readonly launchesPerStream: string;
  readonly bytes: string;
  readonly memories: readonly (typeof COPY_MEMORIES)[number][];
  readonly ways: readonly (typeof COPY_WAYS)[number][];
  readonly launchCounts: string;
  readonly allocators: readonly (typeof ALLOCATORS)[number][];
  readonly source: string;
  readonly fileName: string;
  /** Empty is the only kernel of the file. */
  readonly entry: string;
  readonly arguments: readonly ArgumentDraft[];
  readonly threadCount: string;
  readonly dynamicSharedBytes: string;
  readonly flops: string;
  readonly bytesMoved: string;
  readonly sampleCount: string;
  readonly measureCold: boolean;
  readonly readCounters: boolean;
}

/** A field that can be wrong. */
export type DraftField = keyof Draft;

export const NEW_ARGUMENT: ArgumentDraft = { kind: 'buffer', element: 'f32', count: '1M', fill: 'random', value: '0' };

export const FIRST_DRAFT: Draft = {
  kind: 'gemm',
  device: 'auto',
  sizes: '256..1024:256',
  variants: '',
  precision: 'fp32',
  blockKernel: 'relu',
  blockSizes: '32..1024',
  elementCount: '4M',
  batchSizes: '1..32',
  streamCounts: '1..8',
  side: '256',
  launchesPerStream: '8',
  bytes: '4K..64M',
  memories: ['pageable', 'pinned', 'managed'],
  ways: ['hostToDevice', 'deviceToHost', 'deviceToDevice'],
  launchCounts: '1..256',
  allocators: ['device', 'pool', 'pinned', 'managed'],
  source: '',
  fileName: '',
  entry: '',
  arguments: [NEW_ARGUMENT, NEW_ARGUMENT, { ...NEW_ARGUMENT, kind: 'u32', value: '1M' }],
  threadCount: '1M',
  dynamicSharedBytes: '0',
  flops: '0',
  bytesMoved: '0',
  sampleCount: '50',
  measureCold: true,
  readCounters: false,
};

export interface Preset {
  readonly id: string;
  readonly title: string;
  /** What one learns from it. */
  readonly hint: string;
  readonly change: Partial<Draft>;
}

export const PRESETS: readonly Preset[] = [
  {
    id: 'gemmTiles',
    title: 'GEMM tiles',
    hint: 'Every FP32 variant at 256 to 1024, beside cuBLAS: which tile fits this device',
    change: { kind: 'gemm', precision: 'fp32', sizes: '256..1024:256', variants: '' },
  },
  {
    id: 'gemmFp16',
    title: 'GEMM FP16',
    hint: 'Tensor cores: every FP16 variant at 512 to 4096',
    change: { kind: 'gemm', precision: 'fp16', sizes: '512..4096', variants: '' },
  },
  {
    id: 'blockSize',
    title: 'Block size',
    hint: 'One kernel with 32 to 1024 threads a block: where more threads stop to help',
    change: { kind: 'blockSize', blockKernel: 'relu', blockSizes: '32..1024', elementCount: '4M' },
  },
  {
    id: 'batch',
    title: 'Batch',
    hint: 'The demo’s network with more images a launch: throughput against latency',
    change: { kind: 'batch', batchSizes: '1..32' },
  },
  {
    id: 'streams',
    title: 'Streams',
    hint: 'The same work on more streams: whether kernels overlap',
    change: { kind: 'streams', streamCounts: '1..8', side: '256', launchesPerStream: '8' },
  },
  {
    id: 'copy',
    title: 'Copy bandwidth',
    hint: 'Pageable, pinned and managed memory by size, in all directions',
    change: { kind: 'copy', bytes: '4K..64M' },
  },
  {
    id: 'launch',
    title: 'Launch cost',
    hint: 'Chains of launches one by one and as one CUDA graph',
    change: { kind: 'launch', launchCounts: '1..256' },
  },
  {
    id: 'allocation',
    title: 'Allocation cost',
    hint: 'cudaMalloc, the stream’s pool, pinned and managed memory by size',
    change: { kind: 'allocation', bytes: '4K..64M' },
  },
  {
    id: 'kernel',
    title: 'Own kernel',
    hint: 'A .cu file of yours, compiled where it is measured, over block sizes',
    change: { kind: 'kernel', blockSizes: '32..1024' },
  },
];

/** The preset that the draft is, for what the preset says. */
export function presetOf(draft: Draft): Preset | undefined {
  return PRESETS.find(({ change }) =>
    (Object.entries(change) as [DraftField, unknown][]).every(([name, value]) => draft[name] === value),
  );
}
