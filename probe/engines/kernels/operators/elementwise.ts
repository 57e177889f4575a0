// Operators that work number by number, and softmax.

import { countOf, isPacked, laidOver, transposed, VECTOR_COUNT, type View } from '../view';
import { rowsOf } from './layout';
import type { Operator } from './operator';

const relu: Operator = ({ plan, view }) => {
  const input = plan.packed(view(0), true);
  const output = plan.make(input.dims);
  plan.emit({ kernel: 'elementwise', operation: 'relu', count: countOf(input) }, { input }, { output });
  return [output];
};

const sigmoid: Operator = ({ plan, view }) => {
  const input = view(0);
  const output = plan.make(input.dims);
  plan.strided('sigmoid', output, input);
  return [output];
};

const isVector = (view: View, dims: readonly number[]) =>
  view.dims.join() === dims.join() && isPacked(view) && view.offset % VECTOR_COUNT === 0;

const pair =
  (operation: string): Operator =>
  ({ plan, view, shapes }) => {
    const [left, right, output] = [view(0), view(1), plan.make(shapes[0].dims)];
    if (operation === 'add' && isVector(left, output.dims) && isVector(right, output.dims)) {
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
