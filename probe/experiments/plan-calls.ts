// The points that are calls of a kernel family: GEMM over sizes and variants, block sizes, and the ceilings they are held against.

import type { ExperimentSpec } from '../../shared/rpc/experiment';
import type { BufferPlan, CheckPlan, DeviceTraits, PointPlan, VariantsOf } from './point';

type GemmSpec = Extract<ExperimentSpec, { kind: 'gemm' }>;
type BlockSizeSpec = Extract<ExperimentSpec, { kind: 'blockSize' }>;

/** Multiplications of the reference a point: about half a second of it. */
const CHECKED_PRODUCTS = 4e7;
/** Of an elementwise kernel, spread over all of them. */
const CHECKED_ELEMENTS = 2 ** 16;
/** Past 256 MiB an array is not filled and read back on the host as well, where a board may not have the memory for it. */
const CHECKED_COUNT_MAX = 2 ** 26;
/** Of 2^-11 a rounding in half, and of sums of float32 in another order. */
const ERROR_MAX = { fp32: 1e-4, fp16: 4e-3 } as const;
/** The name under which cuBLAS is a variant; it is measured as the reference. */
export const REFERENCE_VARIANT = 'cublas';

const buffer = (
  key: string,
  count: number,
  fill: BufferPlan['fill'] = 'random',
  element: BufferPlan['element'] = 'f32',
) => ({ key, element, count, fill }) satisfies BufferPlan;

/** GEMM: at each size the reference first, where the device has one, then each variant. */
export function gemmPoints(spec: GemmSpec, device: DeviceTraits, variantsOf: VariantsOf): PointPlan[] {
  const kernel = spec.precision === 'fp16' ? 'gemm_half' : 'gemm';
  const own = variantsOf(kernel).filter((variant) => variant !== REFERENCE_VARIANT && variant !== 'auto');
  const variants = spec.variants ?? own;
  const reference = device.kind === 'cuda' ? [REFERENCE_VARIANT] : [];
  const named = variants.filter((variant) => variant !== REFERENCE_VARIANT);
  return spec.sizes.flatMap((size) => {
    const [rows, columns, depth] = typeof size === 'number' ? [size, size, size] : size;
    const element = spec.precision === 'fp16' ? 'f16' : 'f32';
    return [...reference, ...named].map((variant): PointPlan => {
      return {
        role: variant === REFERENCE_VARIANT ? 'reference' : 'measured',
        series: variant,
        x: typeof size === 'number' ? size : Math.cbrt(rows * columns * depth),
        label: `${rows} × ${columns} × ${depth}`,
        precision: spec.precision,
        work: {
          kind: 'call',
          kernel,
          variant,
          options: { rows, columns, depth, ...splitOptions(variant, rows * columns) },
          buffers: [
            ...splitBuffers(variant, rows * columns),
            buffer('a', rows * depth, 'random', element),
            buffer('b', depth * columns, 'random', element),
            buffer('c', rows * columns, 'zero', element),
          ],
          check: {
            kernel,
            output: 'c',
            outputElement: element,
            rowCount: Math.max(1, Math.min(rows, Math.floor(CHECKED_PRODUCTS / (columns * depth)))),
            rowElements: columns,
            rowElementsOf: { a: depth },
            rowsKey: 'rows',
            errorMax: ERROR_MAX[spec.precision],
          },
        },
      };
    });
  });
}

/** Of the kernel family: parts into which split-K can cut the depth (kernels/gemm/gemm_choice.h). */
const PARTS_MAX = 64;
/** Past 256 MiB of partial sums the depth is cut into few parts; matrices of that size fill a device without being cut. */
const SPLIT_ELEMENTS_MAX = 2 ** 26;
const FEW_PARTS = 2;

// split_k chooses its parts by itself where its memory holds as many as it could want.
function splitOptions(variant: string, elements: number): { parts?: number } {
  return variant === 'split_k' && elements * PARTS_MAX > SPLIT_ELEMENTS_MAX ? { parts: FEW_PARTS } : {};
}

function splitBuffers(variant: string, elements: number): BufferPlan[] {
  if (variant !== 'split_k') return [];
  const { parts = PARTS_MAX } = splitOptions(variant, elements);
  return [buffer('workspace', elements * parts, 'zero')];
}

/** One of the simple kernels of ours over block sizes. */
export function blockSizePoints(spec: BlockSizeSpec): PointPlan[] {
  const { kernel, elementCount: count } = spec;
  const inputs = kernel.startsWith('add')
    ? [buffer('input', count), buffer('addend', count)]
    : [buffer('input', count)];
  const check: CheckPlan = {
    kernel: 'elementwise',
    output: 'output',
    outputElement: 'f32',
    rowCount: Math.min(count, CHECKED_ELEMENTS),
    rowElements: 1,
    rowElementsOf: Object.fromEntries(inputs.map(({ key }) => [key, 1])),
    rowsKey: 'count',
    errorMax: ERROR_MAX.fp32,
  };
  return spec.blockSizes.map((blockSize) => ({
    role: 'measured',
    series: kernel,
    x: blockSize,
    label: `${blockSize} threads`,
    precision: 'fp32',
    work: {
      kind: 'call',
      kernel: 'elementwise',
      variant: 'scalar',
      options: { operation: kernel, count, blockSize },
      buffers: [...inputs, buffer('output', count, 'zero')],
      check: count <= CHECKED_COUNT_MAX ? check : undefined,
    },
  }));
}

/** Elements that are well past every cache: 256 MiB on a GPU, four caches on a CPU. */
const COPY_COUNT = { cuda: 2 ** 26, cpu: 2 ** 24 } as const;
/** Chains of multiply-adds: some waves of full multiprocessors, or some milliseconds of a CPU. */
const FMA_COUNT = { cuda: 2 ** 22, cpu: 2 ** 14 } as const;

/** What the device can do at most: multiply-adds a second without memory, and bytes a second without arithmetic. */
export function ceilingPoints({ kind }: DeviceTraits): PointPlan[] {
  const count = COPY_COUNT[kind];
  const ceiling = { role: 'ceiling', x: 0, precision: 'fp32' } as const;
  return [
    {
      ...ceiling,
      series: 'copy',
      label: 'copy bandwidth',
      work: {
        kind: 'call',
        kernel: 'ceiling',
        variant: undefined,
        options: { operation: 'copy', count },
        buffers: [buffer('input', count, 'zero'), buffer('output', count, 'zero')],
        check: undefined,
      },
    },
    {
      ...ceiling,
      series: 'fma',
      label: 'multiply-adds',
      work: {
        kind: 'call',
        kernel: 'ceiling',
        variant: undefined,
        options: { operation: 'fma', count: FMA_COUNT[kind] },
        buffers: [buffer('output', FMA_COUNT[kind], 'zero')],
        check: undefined,
      },
    },
  ];
}
