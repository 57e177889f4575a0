import { randomFloats, seededRandom } from '../random';
import type { Check } from './check-bench';

/** The kernels that measure what a device can do at most: they must do it. */
export function ceilingChecks(): Check[] {
  const count = 10_007;
  const input = randomFloats(seededRandom(6), count, 1);
  const call = { kernel: 'ceiling', output: ['output', count] as const };
  return [
    { ...call, label: 'copy', options: { operation: 'copy', count }, inputs: { input } },
    { ...call, label: 'fma', options: { operation: 'fma', count, rounds: 37 }, inputs: {} },
  ];
}
