// Operators that slide a window over a picture: convolutions and pools. Sizes as the ONNX operator texts define them.

import { elementCountOf } from '../model';
import type { NodeInputs, OperatorRule, TensorShape } from './rule';

export interface Windows {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Begins of all axes, then their ends. */
  readonly pads: readonly number[];
}

/** The window of a node over a picture of `sides`, with automatic padding worked out. */
export function windowsOf(given: NodeInputs, sides: readonly number[], kernel: readonly number[]): Windows {
  const rank = sides.length;
  const strides = given.ints('strides') ?? sides.map(() => 1);
  const dilations = given.ints('dilations') ?? sides.map(() => 1);
  const automatic = given.text('auto_pad', 'NOTSET');
  const explicit = given.ints('pads') ?? Array.from({ length: 2 * rank }, () => 0);
  const lists = [kernel, strides, dilations].every((list) => list.length === rank) && explicit.length === 2 * rank;
  if (!lists) given.fail(`its window has ${kernel.length} sides over a picture of ${rank}`);
  if (automatic === 'NOTSET') return { kernel, strides, dilations, pads: explicit };
  if (automatic === 'VALID') return { kernel, strides, dilations, pads: explicit.map(() => 0) };
  const totals = sides.map((side, index) => {
    const reach = (Math.ceil(side / strides[index]) - 1) * strides[index] + (kernel[index] - 1) * dilations[index] + 1;
    return Math.max(0, reach - side);
  });
  const [small, large] = [totals.map((total) => Math.floor(total / 2)), totals.map((total) => Math.ceil(total / 2))];
  const pads = automatic === 'SAME_UPPER' ? [...small, ...large] : [...large, ...small];
  return { kernel, strides, dilations, pads };
}

function sidesAfter(given: NodeInputs, sides: readonly number[], windows: Windows): number[] {
  const round = given.int('ceil_mode', 0) ? Math.ceil : Math.floor;
  return sides.map((side, index) => {
    const { kernel, strides, dilations, pads } = windows;
    const free = side + pads[index] + pads[index + sides.length] - ((kernel[index] - 1) * dilations[index] + 1);
    return free >= 0
      ? round(free / strides[index]) + 1
      : given.fail(`its window is larger than the picture of ${sides.join('x')}`);
  });
}

function convOutputs(given: NodeInputs): TensorShape[] {
  const { element, dims } = given.shape(0);
  const weights = given.dims(1);
  const [batch, channels, ...sides] = dims;
  const groups = given.int('group', 1);
  if (weights.length !== dims.length || weights[1] * groups !== channels) {
    given.fail(`weights of ${weights.join('x')} in ${groups} groups meet an input of ${dims.join('x')}`);
  }
  if (given.has(2) && elementCountOf(given.dims(2)) !== weights[0])
    given.fail('its bias has another length than its channels');
  const windows = windowsOf(given, sides, given.ints('kernel_shape') ?? weights.slice(2));
  return [{ element, dims: [batch, weights[0], ...sidesAfter(given, sides, windows)] }];
}

const conv: OperatorRule = {
  outputs: convOutputs,
  // Each output number is a sum over the window in the channels of its group.
  multiplyAdds: (given, [output]) => elementCountOf(output.dims) * elementCountOf(given.dims(1).slice(1)),
};

const pool: OperatorRule = {
  outputs: (given) => {
    const { element, dims } = given.shape(0);
    const [batch, channels, ...sides] = dims;
    const kernel = given.ints('kernel_shape') ?? given.fail('it has no kernel_shape');
    return [{ element, dims: [batch, channels, ...sidesAfter(given, sides, windowsOf(given, sides, kernel))] }];
  },
};

const globalPool: OperatorRule = {
  outputs: (given) => {
    const { element, dims } = given.shape(0);
    return [{ element, dims: dims.map((dim, index) => (index < 2 ? dim : 1)) }];
  },
};

const resize: OperatorRule = {
  outputs: (given) => {
    const { element, dims } = given.shape(0);
    const scales = given.floats(2);
    if (scales && scales.length > 0) {
      if (scales.length !== dims.length) given.fail(`${scales.length} scales meet ${dims.length} dimensions`);
      return [{ element, dims: dims.map((dim, index) => Math.floor(dim * scales[index])) }];
    }
    const sizes = given.integers(3);
    return sizes.length === dims.length
      ? [{ element, dims: sizes }]
      : given.fail('its sizes have another rank than its input');
  },
};

export const WINDOW_RULES: Readonly<Record<string, OperatorRule>> = {
  Conv: conv,
  MaxPool: pool,
  AveragePool: pool,
  GlobalAveragePool: globalPool,
  GlobalMaxPool: globalPool,
  Resize: resize,
};
