// shared/occupancy against the CUDA run-time: what the device says of itself, and how many blocks of many kernels its driver says fit.

import type { LaunchShape } from '../../shared/occupancy/allocation';
import { type ComputeLimits, findComputeLimits } from '../../shared/occupancy/limits';
import { deriveOccupancy } from '../../shared/occupancy/occupancy';
import { blockCurve } from '../../shared/occupancy/what-if';
import type { Bed, GpuTest } from './bed';

/** One line of programs/occupancy_api.cu. */
interface Answer extends Required<LaunchShape> {
  readonly kernel: string;
  /** cudaFuncAttributes.maxThreadsPerBlock. */
  readonly threadsPerBlockMax: number;
  readonly error: string;
  readonly blocksPerSm: number;
}

type DeviceAnswer = Pick<
  ComputeLimits,
  | 'computeCapability'
  | 'threadsPerSmMax'
  | 'blocksPerSmMax'
  | 'registersPerSm'
  | 'registersPerBlockMax'
  | 'sharedBytesPerSm'
  | 'sharedBytesPerBlockDefault'
  | 'sharedBytesPerBlockMax'
  | 'sharedReservedBytes'
>;

const EXAMPLE_COUNT = 5;

// -1 is what the run-time says where nobody set a preference.
const shapeOf = (answer: Answer): LaunchShape => {
  return { ...answer, carveoutPercent: answer.carveoutPercent < 0 ? undefined : answer.carveoutPercent };
};

/** Launches about which the run-time and shared/occupancy differ: how many, and the first of them. */
function differences(answers: readonly Answer[], limits: ComputeLimits) {
  const differing = answers.flatMap((answer) => {
    const ours = deriveOccupancy(limits, shapeOf(answer)).blocksPerSm;
    return ours === answer.blocksPerSm ? [] : [{ ...answer, ours }];
  });
  return { count: differing.length, first: differing.slice(0, EXAMPLE_COUNT) };
}

/** The largest block that fits by our arithmetic, which is what the run-time writes into a kernel's attributes. */
function threadsPerBlockMax(answer: Answer, limits: ComputeLimits): number {
  const shape = { ...shapeOf(answer), dynamicSharedBytes: 0 };
  return blockCurve(limits, shape).findLast(({ blocksPerSm }) => blocksPerSm > 0)?.value ?? 0;
}

function compareBlockSizes(bed: Bed, answers: readonly Answer[], limits: ComputeLimits): void {
  const oneEach = new Map(answers.map((answer) => [answer.kernel, answer]));
  const found = [...oneEach].map(([kernel, answer]) => [kernel, answer.threadsPerBlockMax]);
  const expected = [...oneEach].map(([kernel, answer]) => [kernel, threadsPerBlockMax(answer, limits)]);
  bed.expect('the largest block of each kernel', Object.fromEntries(found), Object.fromEntries(expected));
}

export const occupancy: GpuTest = async (bed) => {
  const { stdout, stderr, exitCode } = bed.plain(bed.program('occupancy_api'), []);
  bed.expect('the program ends well', { exitCode, stderr }, { exitCode: 0, stderr: '' });
  const [device, ...answers] = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line)) as [DeviceAnswer, ...Answer[]];
  const limits = findComputeLimits(device.computeCapability);
  bed.expect(`compute capability ${device.computeCapability} is in the table`, limits !== undefined, true);
  if (!limits) return;
  const keys = Object.keys(device) as (keyof DeviceAnswer)[];
  bed.expect('its row', device, Object.fromEntries(keys.map((key) => [key, limits[key]])));

  const answered = answers.filter(({ error }) => error === 'cudaSuccess');
  const refused = answers.filter(({ error }) => error !== 'cudaSuccess');
  const isPreferred = ({ carveoutPercent }: Answer) => carveoutPercent >= 0;
  const none = { count: 0, first: [] };
  bed.expect(
    'blocks of an SM, no carve-out preferred',
    differences(
      answered.filter((answer) => !isPreferred(answer)),
      limits,
    ),
    none,
  );
  bed.expect('blocks of an SM, with a preference', differences(answered.filter(isPreferred), limits), none);
  bed.expect('what the run-time refuses has no blocks', differences(refused, limits), none);
  compareBlockSizes(bed, answers, limits);
  bed.figures.launches = answers.length;
  bed.figures.kernels = new Set(answers.map(({ kernel }) => kernel)).size;
  bed.figures.registers = [...new Set(answers.map(({ registersPerThread }) => registersPerThread))].sort(
    (a, b) => a - b,
  );
  bed.figures.blocksPerSm = [...new Set(answered.map(({ blocksPerSm }) => blocksPerSm))].sort((a, b) => a - b);
  bed.expect('more than a thousand launches were compared', answered.length > 1000, true);
};
