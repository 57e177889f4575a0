// A point of an experiment: what is to be measured, and what came of it. Plans are made of plain data, so that the supervisor and its
// worker agree on them by number.

/** Memory of a call: its name among the call's arguments, its size, and what stands in it at first. */
export interface BufferPlan {
  readonly key: string;
  readonly element: 'f32' | 'f16';
  readonly count: number;
  readonly fill: 'random' | 'zero';
}

/** How a call's output is compared with the reference: whole rows of it, because a reference of everything would take minutes. */
export interface CheckPlan {
  /** Name of the reference's kernel family. */
  readonly kernel: string;
  readonly output: string;
  readonly outputElement: 'f32' | 'f16';
  readonly rowCount: number;
  /** Elements of one row of the output. */
  readonly rowElements: number;
  /** The inputs that are cut into the same rows: the elements of a row of each, by name. */
  readonly rowElementsOf: Readonly<Record<string, number>>;
  /** The size argument that says how many rows there are. */
  readonly rowsKey: string;
  readonly errorMax: number;
}

export type PointWork =
  | {
      readonly kind: 'call';
      readonly kernel: string;
      readonly variant: string | undefined;
      readonly options: Readonly<Record<string, number | string>>;
      readonly buffers: readonly BufferPlan[];
      readonly check: CheckPlan | undefined;
    }
  | { readonly kind: 'copy'; readonly memory: CopyMemory; readonly way: CopyWay; readonly bytes: number }
  | { readonly kind: 'launch'; readonly launchCount: number; readonly isGraph: boolean }
  | { readonly kind: 'allocation'; readonly allocator: Allocator; readonly bytes: number }
  | { readonly kind: 'streams'; readonly streamCount: number; readonly side: number; readonly launchCount: number }
  | { readonly kind: 'batch'; readonly images: number }
  | { readonly kind: 'compiled'; readonly blockSize: number };

export type CopyMemory = 'pageable' | 'pinned' | 'managed';
export type CopyWay = 'hostToDevice' | 'deviceToHost' | 'deviceToDevice';
export type Allocator = 'device' | 'pool' | 'pinned' | 'managed';
export type PointRole = 'measured' | 'reference' | 'ceiling';

export interface PointPlan {
  readonly role: PointRole;
  readonly series: string;
  /** Place on the axis that is swept. */
  readonly x: number;
  readonly label: string;
  readonly precision: '' | 'fp32' | 'fp16';
  readonly work: PointWork;
}

/** What was measured. -1 is "not known", as in the table. */
export interface PointResult {
  /** CLOCK_MONOTONIC. */
  readonly startMonotonicNs: bigint;
  readonly durationNs: number;
  readonly medianNs: number;
  readonly minNs: number;
  readonly spreadRatio: number;
  readonly coldNs: number;
  readonly sampleCount: number;
  readonly isNoisy: boolean;
  readonly correctness: 'unchecked' | 'right' | 'wrong';
  readonly errorMax: number;
  readonly flops: number;
  readonly bytes: number;
  readonly threadsPerBlock: number;
  readonly blockCount: number;
  readonly registers: number;
  readonly sharedBytes: number;
  readonly occupancyRatio: number;
  readonly limiter: string;
  readonly kernel: string;
  readonly coreClockKhz: number;
  readonly temperatureC: number;
  /** Why there is no result; empty when there is one. */
  readonly failure: string;
}

export const UNKNOWN = -1;

/** What nobody knows of a point yet, or ever. */
export const NOTHING_KNOWN = {
  coldNs: UNKNOWN,
  correctness: 'unchecked',
  errorMax: UNKNOWN,
  flops: UNKNOWN,
  bytes: UNKNOWN,
  threadsPerBlock: 0,
  blockCount: 0,
  registers: UNKNOWN,
  sharedBytes: UNKNOWN,
  occupancyRatio: UNKNOWN,
  limiter: '',
  kernel: '',
} as const;

/** The result of a point that has none. */
export function failedPoint(startMonotonicNs: bigint, sentence: string): PointResult {
  return {
    ...NOTHING_KNOWN,
    startMonotonicNs,
    durationNs: Number(process.hrtime.bigint() - startMonotonicNs),
    medianNs: UNKNOWN,
    minNs: UNKNOWN,
    spreadRatio: UNKNOWN,
    sampleCount: 0,
    isNoisy: false,
    coreClockKhz: UNKNOWN,
    temperatureC: UNKNOWN,
    failure: sentence,
  };
}

/** The variants that the addon has of a kernel family. */
export type VariantsOf = (kernel: string) => readonly string[];

/** What the device is, as a plan and a row need it. */
export interface DeviceTraits {
  readonly kind: 'cpu' | 'cuda';
  readonly name: string;
  readonly smCount: number;
  readonly computeMajor: number;
  readonly computeMinor: number;
  readonly memoryBytes: number;
  readonly cacheBytes: number;
}

/** What a worker tells its supervisor. */
export type WorkerMessage =
  | { readonly kind: 'ready'; readonly device: DeviceTraits; readonly plans: readonly PointPlan[] }
  | { readonly kind: 'begin'; readonly index: number }
  | { readonly kind: 'point'; readonly index: number; readonly result: PointResult }
  | { readonly kind: 'metrics'; readonly index: number; readonly values: Readonly<Record<string, number>> }
  /** What the person should know and the rest can do without. */
  | { readonly kind: 'notice'; readonly sentence: string; readonly remedy: string }
  | { readonly kind: 'failed'; readonly sentence: string; readonly remedy: string }
  | { readonly kind: 'done' };
