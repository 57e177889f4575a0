// The figures of the last run on a GPU as the table in kernels/README.md. Pure: results in, lines of Markdown out.

import { median } from './recording';

export interface GemmRow {
  readonly size: number;
  readonly variant: string;
  readonly tflops: number;
  readonly percentOfCublas: number;
  readonly percentOfCublasCold: number;
}

interface Ways {
  readonly graph: readonly number[];
  readonly plain: readonly number[];
}

/** Microseconds of the detector with one picture: the network alone, and with the picture going in and the answer coming back. */
export interface DetectorFigures {
  readonly ours: { readonly networkUs: Ways; readonly inferUs: Ways };
  readonly torch: { readonly networkUs: number; readonly wholeUs: number };
}

export interface KernelFigures {
  readonly gpu: string;
  readonly gemmFp32: readonly GemmRow[];
  readonly gemmFp16: readonly GemmRow[];
  readonly memoryBound: readonly { readonly what: string; readonly percentOfCopy: number }[];
  readonly nms: readonly { readonly boxes: number; readonly gpuUs: number; readonly referenceUs: number }[];
  readonly detectors: Readonly<Record<'fp16' | 'fp32', DetectorFigures>>;
}

export const FIGURES_BEGIN = '<!-- figures: npm run generate -->';
export const FIGURES_END = '<!-- /figures -->';

const percent = (value: number) => `${Math.round(value)}`;

/** "512: 159 · 130 %" for each size: the best variant of ours. */
function bestBySize(rows: readonly GemmRow[]): string {
  const sizes = [...new Set(rows.map(({ size }) => size))];
  return sizes
    .map((size) => {
      const best = rows
        .filter((row) => row.size === size)
        .reduce((a, b) => (b.percentOfCublas > a.percentOfCublas ? b : a));
      return `${size}: ${percent(best.percentOfCublas)} · ${percent(best.percentOfCublasCold)} %`;
    })
    .join(', ');
}

/** Every variant at the largest size. */
function variantsAtLargest(rows: readonly GemmRow[]): string {
  const size = Math.max(...rows.map((row) => row.size));
  const each = rows.filter((row) => row.size === size);
  return `${size}: ${each.map(({ variant, percentOfCublas, tflops }) => `${variant} ${percent(percentOfCublas)} % (${tflops.toFixed(0)})`).join(', ')}`;
}

function ofCopy(rows: KernelFigures['memoryBound'], family: string): string {
  const own = rows.filter(({ what }) => what.startsWith(`${family} `));
  return own
    .map(({ what, percentOfCopy }) => `${what.slice(family.length + 1)} ${percent(percentOfCopy)} %`)
    .join(', ');
}

function detectorOf({ ours, torch }: DetectorFigures): string {
  const [network, whole] = [median(ours.networkUs.graph), median(ours.inferUs.graph)];
  const ratio = (network / torch.networkUs).toFixed(2);
  const plain = `${percent(median(ours.networkUs.plain))} · ${percent(median(ours.inferUs.plain))}`;
  return `${percent(network)} · ${percent(whole)} µs, PyTorch ${percent(torch.networkUs)} · ${percent(torch.wholeUs)} µs (${ratio} of it); one by one ${plain} µs`;
}

/** The lines between the marks, the marks among them. */
export function renderFigures({ gpu, gemmFp32, gemmFp16, memoryBound, nms, detectors }: KernelFigures): string[] {
  const boxes = nms.map((each) => `${each.boxes}: ${percent(each.gpuUs)} µs, CPU ${percent(each.referenceUs)} µs`);
  return [
    FIGURES_BEGIN,
    `| ${gpu}, each in one run with what it is held against | |`,
    '|---|---|',
    `| gemm FP32, best of cuBLAS (TF32 off), warm · cold | ${bestBySize(gemmFp32)} |`,
    `| gemm FP32, of cuBLAS (TFLOP/s) | ${variantsAtLargest(gemmFp32)} |`,
    `| gemm FP16, best of cuBLAS, warm · cold | ${bestBySize(gemmFp16)} |`,
    `| gemm FP16, of cuBLAS (TFLOP/s) | ${variantsAtLargest(gemmFp16)} |`,
    `| softmax online, of a copy | ${ofCopy(memoryBound, 'softmax')} |`,
    `| elementwise vector, of a copy | ${ofCopy(memoryBound, 'elementwise')} |`,
    `| preprocess words, of a copy | ${ofCopy(memoryBound, 'preprocess')} |`,
    `| nms bitmask, by boxes | ${boxes.join('; ')} |`,
    `| detector of YOLOv8n’s shape, 640 px, one picture, as a graph: network · with copies | FP16: ${detectorOf(detectors.fp16)}. FP32: ${detectorOf(detectors.fp32)} |`,
    FIGURES_END,
  ];
}

/** The text with the lines between its marks replaced. Throws when it has no marks. */
export function replaceFigures(text: string, lines: readonly string[]): string {
  const [begin, end] = [text.indexOf(FIGURES_BEGIN), text.indexOf(FIGURES_END)];
  if (begin < 0 || end < begin) throw new Error('the text has no marks for figures');
  return text.slice(0, begin) + lines.join('\n') + text.slice(end + FIGURES_END.length);
}
