// What runs in FP16: convolutions on the tensor cores and pools, on pictures with their channels side by side; and the small float32
// convolutions behind them, which read such pictures as they lie.

import { halfFromFloat } from '../../../experiments/half';
import { unsupported } from '../plan-builder';
import { packedCount, pixelPitch, type StoredElement, transposed, type View, wholeView } from '../view';
import type { OperatorTask, Window } from './operator';

const HALF_MAX = 65_504;

/** The bits of each number as a half. Throws FailureError unsupportedOperator, with the node, where one is too large to be one. */
export function halvesOf({ node }: Pick<OperatorTask, 'node'>, values: Float32Array): Uint16Array {
  const tooLarge = values.find((value) => Math.abs(value) > HALF_MAX);
  if (tooLarge !== undefined) unsupported(node, `its constant ${tooLarge} is beyond FP16, which ends at ${HALF_MAX}`);
  return Uint16Array.from(values, halfFromFloat);
}

/** Channels in front, window, channels behind: from ONNX's [out, in, rows, columns] to [out, rows, columns, in], with zeros up to `out` and `in`. */
export function channelsLastWeights(
  values: Float32Array,
  [rowCount, channelCount, ...window]: readonly number[],
  { channelsOut, channelsIn }: { readonly channelsOut: number; readonly channelsIn: number },
): Float32Array {
  const taps = window.reduce((product, side) => product * side, 1);
  const turned = new Float32Array(channelsOut * taps * channelsIn);
  for (let row = 0; row < rowCount; row += 1) {
    for (let channel = 0; channel < channelCount; channel += 1) {
      for (let tap = 0; tap < taps; tap += 1) {
        turned[(row * taps + tap) * channelsIn + channel] = values[(row * channelCount + channel) * taps + tap];
      }
    }
  }
  return turned;
}

/** With zeros behind. */
function padded(values: Float32Array, count: number): Float32Array {
  const all = new Float32Array(count);
  all.set(values);
  return all;
}

/** Gives where it wrote. */
export function halfConv(task: OperatorTask, sides: Window): View {
  const { given, plan, channelsLast, fusion } = task;
  const dims = given.dims(1);
  const padding = { channelsOut: packedCount(dims[0]), channelsIn: packedCount(dims[1]) };
  const { view: input, pitch: inputPitch } = channelsLast.pixels(task.view(0), true);
  const weights = task.constant(1, {
    name: 'FP16 channels last',
    make: (values) => halvesOf(task, channelsLastWeights(values, dims, padding)),
  });
  const bias = () => task.constant(2, { name: 'padded', make: (values) => padded(values, padding.channelsOut) });
  const output = task.output();
  const addend = task.addend();
  const residual = addend && channelsLast.pixels(addend);
  const [images, , height, width] = input.dims;
  const outputElement: StoredElement = output.storage.element;
  const options = {
    ...{ kernel: 'conv_half', variant: 'auto', activation: fusion?.activation ?? 'none', images, height, width },
    ...{ ...padding, ...sides, inputPitch, outputElement },
    outputPitch: pixelPitch(output) ?? padding.channelsOut,
    ...(residual ? { residualPitch: residual.pitch } : {}),
    startsEarly: true, // weights and bias, which it fetches before the kernel in front of it ends, are written by no kernel
  };
  const reads: Record<string, View> = {
    input,
    weights: wholeView(weights, [weights.count]),
    ...(given.has(2) ? { bias: wholeView(bias(), [padding.channelsOut]) } : {}),
    ...(residual ? { residual: residual.view } : {}),
  };
  plan.emit(options, reads, { output });
  channelsLast.markZeroed(output);
  return output;
}

/** Gives `output`. */
export function halfMaxPool({ plan, channelsLast, view }: OperatorTask, sides: Window, output: View): View {
  const { view: input, pitch: inputPitch } = channelsLast.pixels(view(0), true);
  const [images, , height, width] = input.dims;
  const channels = packedCount(input.dims[1]);
  const options = {
    ...{ kernel: 'tensor', operation: 'max_pool', element: 'f16', layout: 'nhwc' },
    ...{ images, channels, height, width, ...sides, inputPitch, outputPitch: pixelPitch(output) ?? channels },
  };
  plan.emit(options, { input }, { output });
  channelsLast.markZeroed(output);
  return output;
}

/** A float32 convolution over pixels that lie one behind another without a gap; undefined where they do not. */
export function convRows(task: OperatorTask, sides: Window, bias: Readonly<Record<string, View>>): View | undefined {
  const { given, plan, shapes, fusion } = task;
  const input = task.view(0);
  const [images, channelsIn, height, width] = input.dims;
  if (input.storage.element !== 'f32' || pixelPitch(input) !== channelsIn) return undefined;
  const dims = given.dims(1);
  const channelsOut = dims[0];
  const weights = task.constant(1, {
    name: 'channels last',
    make: (values) => channelsLastWeights(values, dims, { channelsOut, channelsIn }),
  });
  const [, , rows, columns] = shapes[0].dims;
  const output = transposed(plan.make([images, rows, columns, channelsOut]), [0, 3, 1, 2]);
  const sizes = { images, channelsIn, channelsOut, height, width, ...sides };
  const activation = fusion?.activation ?? 'none';
  const options = { kernel: 'conv', variant: 'tile_64', layout: 'nhwc', activation, ...sizes };
  plan.emit(options, { input, weights: wholeView(weights, dims), ...bias }, { output });
  return output;
}
