// Operators that work number by number, with numpy's broadcasting, and those that normalise along an axis.

import type { NodeInputs, OperatorRule } from './rule';

/** Dimensions of two shapes laid over each other: each pair is equal or has a 1. */
export function broadcast(given: NodeInputs, left: readonly number[], right: readonly number[]): number[] {
  const rank = Math.max(left.length, right.length);
  return Array.from({ length: rank }, (_, index) => {
    const a = left[index - (rank - left.length)] ?? 1;
    const b = right[index - (rank - right.length)] ?? 1;
    if (a !== b && a !== 1 && b !== 1) given.fail(`${left.join('x')} cannot be laid over ${right.join('x')}`);
    return a === 1 ? b : a;
  });
}

const same: OperatorRule = { outputs: (given) => [given.shape(0)] };

const pair: OperatorRule = {
  outputs: (given) => [{ element: given.shape(0).element, dims: broadcast(given, given.dims(0), given.dims(1)) }],
};

const alongAxis: OperatorRule = {
  outputs: (given) => {
    given.axis(given.int('axis', -1), given.dims(0).length);
    return [given.shape(0)];
  },
};

const named = (rule: OperatorRule, names: string) => Object.fromEntries(names.split(' ').map((name) => [name, rule]));

export const ELEMENTWISE_RULES: Readonly<Record<string, OperatorRule>> = {
  ...named(
    same,
    'Relu LeakyRelu Sigmoid HardSigmoid HardSwish Tanh Clip Exp Sqrt Neg Identity Dropout BatchNormalization',
  ),
  ...named(pair, 'Add Sub Mul Div Pow'),
  ...named(alongAxis, 'Softmax LogSoftmax'),
};
