import { randomFloats, seededRandom } from '../random';
import type { Check } from './check-bench';

/** GEMM with each tile. */
export function gemmChecks(): Check[] {
  return [8, 16, 32].map((tile) => {
    const random = seededRandom(tile);
    const shape = { rows: 67, columns: 131, depth: 259 };
    const a = randomFloats(random, shape.rows * shape.depth, 1);
    const b = randomFloats(random, shape.depth * shape.columns, 1);
    const call = { kernel: 'gemm', variant: `tile_${tile}`, options: shape };
    return { label: `gemm_tile<${tile}>`, ...call, inputs: { a, b }, output: ['c', shape.rows * shape.columns] };
  });
}
