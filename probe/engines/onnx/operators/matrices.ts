// Matrix products.

import { elementCountOf } from '../model';
import { broadcast } from './elementwise';
import type { NodeInputs, OperatorRule } from './rule';

function gemmSides(given: NodeInputs): { rows: number; depth: number; columns: number } {
  const [left, right] = [given.dims(0), given.dims(1)];
  if (left.length !== 2 || right.length !== 2)
    given.fail(`${left.join('x')} and ${right.join('x')} are not two matrices`);
  const [rows, depth] = given.int('transA', 0) ? [left[1], left[0]] : left;
  const [depthRight, columns] = given.int('transB', 0) ? [right[1], right[0]] : right;
  if (depth !== depthRight) given.fail(`a depth of ${depth} meets one of ${depthRight}`);
  return { rows, depth, columns };
}

const gemm: OperatorRule = {
  outputs: (given) => {
    const { rows, columns } = gemmSides(given);
    if (given.has(2)) broadcast(given, [rows, columns], given.dims(2));
    return [{ element: given.shape(0).element, dims: [rows, columns] }];
  },
  multiplyAdds: (given) => {
    const { rows, depth, columns } = gemmSides(given);
    return rows * depth * columns;
  },
};

const matMul: OperatorRule = {
  outputs: (given) => {
    const [left, right] = [given.dims(0), given.dims(1)];
    if (left.length < 2 || right.length < 2) given.fail('a vector among its inputs is not supported here');
    const depth = left[left.length - 1];
    if (depth !== right[right.length - 2]) given.fail(`${left.join('x')} meets ${right.join('x')}`);
    const many = broadcast(given, left.slice(0, -2), right.slice(0, -2));
    const dims = [...many, left[left.length - 2], right[right.length - 1]];
    return [{ element: given.shape(0).element, dims }];
  },
  multiplyAdds: (given, [output]) => elementCountOf(output.dims) * (given.dims(0).at(-1) ?? 0),
};

export const MATRIX_RULES: Readonly<Record<string, OperatorRule>> = { Gemm: gemm, MatMul: matMul };
