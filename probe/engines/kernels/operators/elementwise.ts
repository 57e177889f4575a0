// Operators that work number by number, and softmax.

import { countOf, isPacked, laidOver, transposed, type View, vectorCount } from '../view';
import { rowsOf } from './layout';
import type { Operator } from './operator';

/** In float32; halves go there and come back. */
const relu: Operator = ({ plan, view, output }) => {
  const input = plan.packed(view(0), true);
  const target = output();
  const whole = isPacked(target) && target.storage.element === 'f32' ? target : plan.make(input.dims);
  plan.emit({ kernel: 'elementwise', operation: 'relu', count: countOf(input) }, { input }, { output: whole });
  if (whole !== target) plan.copy(whole, target);
  return [target];
};

const sigmoid: Operator = ({ plan, view, output: outputView }) => {
  const output = outputView();
  plan.strided('sigmoid', output, view(0));
  return [output];
};

const isVector = (view: View, dims: readonly number[]) =>
  view.dims.join() === dims.join() &&
  isPacked(view) &&
  view.storage.element === 'f32' &&
  view.offset % vectorCount(view.storage) === 0;

const pair =
  (operation: string): Operator =>
  ({ plan, view, halfView, output: outputView }) => {
    const output = outputView();
    const read = (index: number) =>
      output.storage.element === 'f16' ? halfView(index) : plan.stored(view(index), 'f32');
    const [left, right] = [read(0), read(1)];
    if (operation === 'add' && [left, right, output].every((each) => isVector(each, output.dims))) {
      const options = { kernel: 'elementwise', operation, count: countOf(output) };
      plan.emit(options, { input: left, addend: right }, { output });
    } else {
      plan.strided(operation, output, laidOver(left, output.dims), laidOver(right, output.dims));
    }
    return [output];
  };

/** Along the last axis; another one is brought there, and back as a view. */
const softmax: Operator = ({ given, plan, view }) => {
  const from = view(0);
  const rank = from.dims.length;
  const axis = given.axis(given.int('axis', -1), rank);
  const order = [...from.dims.keys()].filter((each) => each !== axis).concat(axis);
  const input = plan.packed(transposed(from, order), true);
  const output = plan.make(input.dims);
  const sizes = { rows: rowsOf(input), columns: from.dims[axis] };
  plan.emit({ kernel: 'softmax', variant: 'online', ...sizes }, { input }, { output });
  return [
    transposed(
      output,
      from.dims.map((_, each) => order.indexOf(each)),
    ),
  ];
};

export const ELEMENTWISE_OPERATORS: Readonly<Record<string, Operator>> = {
  Relu: relu,
  Sigmoid: sigmoid,
  Add: pair('add'),
  Sub: pair('sub'),
  Mul: pair('mul'),
  Div: pair('div'),
  Softmax: softmax,
};
