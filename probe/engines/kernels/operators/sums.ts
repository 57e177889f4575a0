// Operators with the sums: convolutions, matrix products, pools.

import { windowsOf } from '../../onnx/operators/windows';
import { unsupported } from '../plan-builder';
import { laidOver, type View, wholeView } from '../view';
import { convRows, halfConv, halfMaxPool } from './half';
import type { Operator, OperatorTask, Window } from './operator';

/** The one number of a list of equal ones. */
function only(task: OperatorTask, what: string, values: readonly number[]): number {
  return values.every((value) => value === values[0])
    ? values[0]
    : unsupported(task.node, `${what} of ${values.join(', ')}`);
}

function squareWindow(task: OperatorTask, kernel: readonly number[]): Window {
  const { dims } = task.view(0);
  if (dims.length !== 4) unsupported(task.node, `an input of ${dims.length} dimensions`);
  const { strides, dilations, pads } = windowsOf(task.given, dims.slice(2), kernel);
  if (only(task, 'dilations', dilations) !== 1) unsupported(task.node, `dilations of ${dilations.join(', ')}`);
  const window = only(task, 'a window', kernel);
  return { window, stride: only(task, 'strides', strides), padding: only(task, 'paddings', pads) };
}

const conv: Operator = (task) => {
  const { node, given, plan, shapes, fusion } = task;
  const [channelsOut, , ...kernel] = given.dims(1);
  const group = given.int('group', 1);
  if (group !== 1) unsupported(node, `${group} groups`);
  const sides = squareWindow(task, kernel);
  if (sides.window !== 1 && sides.window !== 3) unsupported(node, `a window of ${sides.window} x ${sides.window}`);
  if (task.isHalf) return [halfConv(task, sides)];
  const bias: Record<string, View> = given.has(2) ? { bias: wholeView(task.constant(2), [channelsOut]) } : {};
  const inRows = task.isHalfNetwork ? convRows(task, sides, bias) : undefined;
  if (inRows) return [inRows];
  const input = plan.packed(task.view(0));
  const [images, channelsIn, height, width] = input.dims;
  const output = plan.make(shapes[0].dims);
  const weights = wholeView(task.constant(1), given.dims(1));
  const sizes = { images, channelsIn, channelsOut, height, width, ...sides };
  const activation = fusion?.activation ?? 'none';
  plan.emit({ kernel: 'conv', variant: 'tile_64', activation, ...sizes }, { input, weights, ...bias }, { output });
  return [output];
};

const maxPool: Operator = (task) => {
  const { node, given, plan } = task;
  if (given.int('ceil_mode', 0) !== 0) unsupported(node, 'rounding up of its sides');
  if (node.outputs.length > 1) unsupported(node, 'a second output');
  const sides = squareWindow(task, given.ints('kernel_shape') ?? []);
  const target = task.output();
  if (target.storage.element === 'f16') return [halfMaxPool(task, sides, target)];
  const input = plan.packed(task.view(0));
  const [images, channels, height, width] = input.dims;
  const options = { operation: 'max_pool', planes: images * channels, height, width, ...sides };
  plan.emit({ kernel: 'tensor', ...options }, { input }, { output: target });
  return [target];
};

/** Rows and columns changed over. */
export function turnedOver(values: Float32Array, rows: number, columns: number): Float32Array {
  return Float32Array.from(values, (_, at) => values[(at % rows) * columns + Math.floor(at / rows)]);
}

const gemm: Operator = (task) => {
  const { node, given, plan, shapes } = task;
  if (given.int('transA', 0) !== 0) unsupported(node, 'a transposed first matrix');
  for (const name of ['alpha', 'beta']) {
    const factor = node.attributes.get(name);
    if (factor?.kind === 'float' && factor.value !== 1) unsupported(node, `${name} of ${factor.value}`);
  }
  const [rows, columns] = shapes[0].dims;
  const a = plan.packed(task.view(0), true);
  const depth = a.dims[1];
  const turn = { name: 'transposed', make: (values: Float32Array) => turnedOver(values, columns, depth) };
  const b = wholeView(task.constant(1, given.int('transB', 0) ? turn : undefined), [depth, columns]);
  const product = plan.make([rows, columns]);
  plan.emit({ kernel: 'gemm', variant: 'tile_16', rows, columns, depth }, { a, b }, { c: product });
  if (!given.has(2)) return [product];
  const output = plan.make(product.dims);
  plan.strided('add', output, product, laidOver(task.view(2), product.dims));
  return [output];
};

export const SUM_OPERATORS: Readonly<Record<string, Operator>> = { Conv: conv, MaxPool: maxPool, Gemm: gemm };
