// Operators that move numbers. Most only look at them differently.

import { unsupported } from '../plan-builder';
import {
  countOf,
  isPacked,
  isSamePlace,
  repeated,
  reshaped,
  reshapedInPlace,
  sliced,
  transposed,
  type View,
} from '../view';
import type { Operator } from './operator';

const reshape: Operator = ({ plan, view, shapes, isHalfNetwork }) => {
  const { dims } = shapes[0];
  const inPlace = isHalfNetwork ? reshapedInPlace(view(0), dims) : undefined;
  return [inPlace ?? reshaped(plan.packed(view(0)), dims)];
};

const transpose: Operator = ({ given, view }) => {
  const from = view(0);
  const order = given.ints('perm') ?? from.dims.map((_, axis) => from.dims.length - 1 - axis);
  return [transposed(from, order)];
};

const split: Operator = ({ given, view, shapes }) => {
  const from = view(0);
  const axis = given.axis(given.int('axis', 0), from.dims.length);
  let begin = 0;
  return shapes.map(({ dims }) => {
    const part = sliced(from, axis, begin, dims[axis]);
    begin += dims[axis];
    return part;
  });
};

const slice: Operator = ({ node, given, view, shapes }) => {
  const begins = given.integers(1);
  const axes = given.has(3) ? given.integers(3) : begins.map((_, index) => index);
  const steps = given.has(4) ? given.integers(4) : begins.map(() => 1);
  let from = view(0);
  for (const [index, each] of axes.entries()) {
    const axis = given.axis(each, from.dims.length);
    if (steps[index] < 1) unsupported(node, `a step of ${steps[index]}`);
    const side = from.dims[axis];
    const begin = Math.min(Math.max(begins[index] < 0 ? begins[index] + side : begins[index], 0), side);
    if (shapes[0].dims[axis] === 0) unsupported(node, 'nothing is left of its input');
    from = sliced(from, axis, begin, shapes[0].dims[axis], steps[index]);
  }
  return [from];
};

/** Parts that nothing else has settled are written into the whole by whoever makes them; the others are copied. */
const concat: Operator = ({ node, given, view, plan, output }) => {
  const whole = output();
  const axis = given.axis(given.int('axis', 0), whole.dims.length);
  const parts = node.inputs.map((_, index) => view(index));
  const isOneStretch = isPacked(whole) && whole.dims.slice(0, axis).every((dim) => dim === 1);
  let begin = 0;
  for (let index = 0; index < parts.length; ) {
    const place: View = sliced(whole, axis, begin, parts[index].dims[axis]);
    const isThere = isSamePlace(parts[index], place);
    const settled = isOneStretch && !isThere ? plan.settle(parts.slice(index), whole.storage, place.offset) : 0;
    if (settled === 0 && !isThere) plan.copy(parts[index], place);
    const end = index + Math.max(1, settled);
    for (; index < end; index += 1) begin += parts[index].dims[axis];
  }
  return [whole];
};

/** Nearest with whole factors, in the two ways of reckoning that give the same: pixel x is x / factor, rounded down. */
const resize: Operator = ({ node, given, view, plan, shapes, output }) => {
  const [from, { dims }] = [view(0), shapes[0]];
  if (given.text('mode', 'nearest') !== 'nearest') unsupported(node, `the mode ${given.text('mode', 'nearest')}`);
  const ways = `${given.text('coordinate_transformation_mode', 'half_pixel')} ${given.text('nearest_mode', 'round_prefer_floor')}`;
  const isFloor = ways === 'asymmetric floor' || /^(pytorch_)?half_pixel round_prefer_floor$/.test(ways);
  if (!isFloor) unsupported(node, `the rounding ${ways}`);
  const factors = dims.map((dim, axis) => dim / from.dims[axis]);
  const isWhole =
    dims.length >= 2 &&
    factors.every((factor, axis) => Number.isInteger(factor) && (factor === 1 || axis >= dims.length - 2));
  if (!isWhole) unsupported(node, `${from.dims.join('x')} to ${dims.join('x')}`);
  const to = output();
  const [down, across] = factors.slice(-2);
  const wide = repeated(from, down, across);
  plan.copy(wide, reshapedInPlace(to, wide.dims) ?? unsupported(node, 'its output lies apart'));
  return [to];
};

const same: Operator = ({ view }) => [view(0)];

export const LAYOUT_OPERATORS: Readonly<Record<string, Operator>> = {
  Reshape: reshape,
  Flatten: reshape,
  Squeeze: reshape,
  Unsqueeze: reshape,
  Transpose: transpose,
  Split: split,
  Slice: slice,
  Concat: concat,
  Resize: resize,
  Identity: same,
  Dropout: same,
};

/** For operators that take rows. */
export const rowsOf = (view: View): number => countOf(view) / (view.dims.at(-1) ?? 1);
