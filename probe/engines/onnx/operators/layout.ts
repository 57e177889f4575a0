// Operators that move numbers without changing them.

import { elementCountOf } from '../model';
import type { NodeInputs, OperatorRule, TensorShape } from './rule';

const reshape: OperatorRule = {
  outputs: (given) => {
    const { element, dims } = given.shape(0);
    const wanted = given.integers(1);
    // 0 keeps the dimension in the same place unless allowzero says otherwise; one -1 is what is left.
    const kept = wanted.map((dim, index) => (dim === 0 && !given.int('allowzero', 0) ? dims[index] : dim));
    const count = elementCountOf(dims);
    const known = elementCountOf(kept.filter((dim) => dim !== -1));
    const full = kept.map((dim) => (dim === -1 ? count / known : dim));
    const fits = full.every((dim) => Number.isInteger(dim)) && elementCountOf(full) === count;
    return fits ? [{ element, dims: full }] : given.fail(`${dims.join('x')} cannot become ${wanted.join('x')}`);
  },
};

const transpose: OperatorRule = {
  outputs: (given) => {
    const { element, dims } = given.shape(0);
    const order = given.ints('perm') ?? dims.map((_, index) => dims.length - 1 - index);
    const isOrder =
      order.length === dims.length && new Set(order.map((axis) => given.axis(axis, dims.length))).size === dims.length;
    return isOrder
      ? [{ element, dims: order.map((axis) => dims[axis]) }]
      : given.fail(`${order.join(',')} is no order of its axes`);
  },
};

const concat: OperatorRule = {
  outputs: (given) => {
    const { element, dims } = given.shape(0);
    const axis = given.axis(given.int('axis', 0), dims.length);
    let total = 0;
    for (let index = 0; index < given.inputCount; index += 1) {
      const other = given.dims(index);
      const fits = other.length === dims.length && other.every((dim, at) => at === axis || dim === dims[at]);
      if (!fits) given.fail(`${other.join('x')} cannot be put behind ${dims.join('x')} along axis ${axis}`);
      total += other[axis];
    }
    return [{ element, dims: dims.map((dim, at) => (at === axis ? total : dim)) }];
  },
};

function splitSizes(given: NodeInputs, side: number): readonly number[] {
  if (given.has(1)) return given.integers(1);
  const listed = given.ints('split');
  if (listed) return listed;
  const count = given.node.outputs.length;
  const part = Math.ceil(side / count);
  return Array.from({ length: count }, (_, index) => (index < count - 1 ? part : side - part * (count - 1)));
}

const split: OperatorRule = {
  outputs: (given) => {
    const { element, dims } = given.shape(0);
    const axis = given.axis(given.int('axis', 0), dims.length);
    const sizes = splitSizes(given, dims[axis]);
    const total = sizes.reduce((sum, part) => sum + part, 0);
    if (total !== dims[axis] || sizes.length !== given.node.outputs.length) {
      given.fail(`parts of ${sizes.join(' and ')} are cut from ${dims[axis]}`);
    }
    return sizes.map((part) => ({ element, dims: dims.map((dim, at) => (at === axis ? part : dim)) }));
  },
};

/** Where a slice begins and ends along an axis of `side`, as numpy cuts it. */
function sliceCount(begin: number, end: number, step: number, side: number): number {
  const [low, high] = step > 0 ? [0, side] : [-1, side - 1];
  const clamp = (value: number) => Math.min(Math.max(value < 0 ? value + side : value, low), high);
  return Math.max(0, Math.ceil((clamp(end) - clamp(begin)) / step));
}

const slice: OperatorRule = {
  outputs: (given) => {
    const { element, dims } = given.shape(0);
    const [begins, ends] = [given.integers(1), given.integers(2)];
    const axes = given.has(3) ? given.integers(3) : begins.map((_, index) => index);
    const steps = given.has(4) ? given.integers(4) : begins.map(() => 1);
    const after = [...dims];
    for (const [index, each] of axes.entries()) {
      const axis = given.axis(each, dims.length);
      if (!steps[index]) given.fail('it has a step of 0');
      after[axis] = sliceCount(begins[index], ends[index], steps[index], dims[axis]);
    }
    return [{ element, dims: after }];
  },
};

const flatten: OperatorRule = {
  outputs: (given) => {
    const { element, dims } = given.shape(0);
    const value = given.int('axis', 1);
    const axis = value < 0 ? value + dims.length : value;
    return [{ element, dims: [elementCountOf(dims.slice(0, axis)), elementCountOf(dims.slice(axis))] }];
  },
};

/** Axes of an operator that took them as an attribute before opset 13 and as an input since. */
const axesOf = (given: NodeInputs) => (given.has(1) ? given.integers(1) : given.ints('axes'));

const unsqueeze: OperatorRule = {
  outputs: (given) => {
    const { element, dims } = given.shape(0);
    const axes = axesOf(given) ?? given.fail('it has no axes');
    const rank = dims.length + axes.length;
    const added = new Set(axes.map((axis) => given.axis(axis, rank)));
    const left = [...dims];
    return [{ element, dims: Array.from({ length: rank }, (_, at) => (added.has(at) ? 1 : (left.shift() ?? 1))) }];
  },
};

const squeeze: OperatorRule = {
  outputs: (given) => {
    const { element, dims } = given.shape(0);
    const axes = axesOf(given)?.map((axis) => given.axis(axis, dims.length));
    const isGone = (dim: number, at: number) => (axes ? axes.includes(at) : dim === 1);
    if (axes?.some((axis) => dims[axis] !== 1))
      given.fail(`it takes away a dimension of ${dims.join('x')} that is not 1`);
    return [{ element, dims: dims.filter((dim, at) => !isGone(dim, at)) }];
  },
};

const constant: OperatorRule = {
  outputs: (given): TensorShape[] => {
    const value = given.node.attributes.get('value');
    return value?.kind === 'tensor' ? [value.value] : given.fail('it holds something other than a tensor');
  },
};

export const LAYOUT_RULES: Readonly<Record<string, OperatorRule>> = {
  Reshape: reshape,
  Transpose: transpose,
  Concat: concat,
  Split: split,
  Slice: slice,
  Flatten: flatten,
  Unsqueeze: unsqueeze,
  Squeeze: squeeze,
  Constant: constant,
};
