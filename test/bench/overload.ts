// The overload workload: a camera that must be answered in time beside an archive that asks for more than the machine can do. How much
// sooner the camera is answered than under FIFO, and what that costs in throughput: simulated, and on the preset's real models.

import type { PolicyName } from '../../probe/scheduler/policies/policy';
import { simulate } from '../../probe/scheduler/simulator/simulate';
import type { Summary } from '../../probe/scheduler/simulator/summary';
import { overload } from '../../probe/scheduler/simulator/workloads';
import { parseWorkload } from '../../probe/workloads/parse-workload';
import { presetText } from '../../probe/workloads/presets';
import { runWorkload } from '../../probe/workloads/run-workload';
import { NS_PER_SEC } from '../../shared/units/units';
import type { BenchResult, BenchSize } from './bench-result';
import { inTurns, medianOf } from './paired';

interface Figures {
  readonly p99Ms: number;
  readonly perSec: number;
  readonly answeredCount: number;
}

interface Sizes {
  readonly simulatedSec: number;
  readonly realSec: number;
  readonly seedCount: number;
}
const SIZES: Readonly<Record<BenchSize, Sizes>> = {
  smoke: { simulatedSec: 5, realSec: 0.5, seedCount: 1 },
  real: { simulatedSec: 600, realSec: 20, seedCount: 5 },
};

function figuresOf(summary: Summary, elapsedNs: number): Figures {
  const { answeredCount } = summary;
  const camera = summary.classOf('detect', 1);
  if (!camera) throw new Error('the camera was not answered');
  const p99Ms = camera.latency.percentileNs(0.99) / 1e6;
  return { p99Ms, perSec: (answeredCount * NS_PER_SEC) / elapsedNs, answeredCount };
}

async function simulated(policy: PolicyName, seed: number, seconds: number): Promise<Figures> {
  const { summary, startNs, endNs } = simulate(overload(seconds * NS_PER_SEC), policy, seed);
  return figuresOf(summary, endNs - startNs);
}

async function onModels(policy: PolicyName, seed: number, seconds: number): Promise<Figures> {
  const workload = parseWorkload(presetText('overload'), { label: 'overload', folder: process.cwd() });
  const { summary, elapsedNs } = await runWorkload({
    ...{ workload, policy, seed, durationNs: seconds * NS_PER_SEC, device: 'cpu' },
    ...{ connection: undefined, print: undefined, controlPath: undefined, sensorsRoot: undefined },
    signal: new AbortController().signal,
    tell: (text) => process.stderr.write(`bench: ${text}\n`),
  });
  return figuresOf(summary, elapsedNs);
}

type Measure = (policy: PolicyName, seed: number) => Promise<Figures>;

/** Both policies on the same arrivals, seed after seed. */
async function beside(where: string, seedCount: number, measure: Measure): Promise<BenchResult[]> {
  let [fifoSeed, awareSeed] = [0, 0];
  const turns = await inTurns(
    seedCount,
    () => measure('fifo', ++fifoSeed),
    () => measure('latency-aware', ++awareSeed),
  );
  const ratiosOf = (key: 'p99Ms' | 'perSec') => turns.map(({ first, second }) => second[key] / first[key]);
  const result = (key: 'p99Ms' | 'perSec'): Pick<BenchResult, 'value' | 'baseline' | 'baselineName' | 'ratio'> => ({
    value: medianOf(turns.map(({ second }) => second[key])),
    baseline: medianOf(turns.map(({ first }) => first[key])),
    baselineName: 'fifo',
    ratio: { median: medianOf(ratiosOf(key)), low: Math.min(...ratiosOf(key)), high: Math.max(...ratiosOf(key)) },
  });
  const times = turns.map(({ first, second }) => (first.p99Ms / second.p99Ms).toFixed(1)).join(', ');
  const shares = ratiosOf('perSec')
    .map((ratio) => `${(100 * ratio).toFixed(1)} %`)
    .join(', ');
  const checksum = turns.map(({ first, second }) => `${first.answeredCount}/${second.answeredCount}`).join(' ');
  return [
    {
      ...{ name: `overload, ${where}: p99 of the high priority, latency-aware`, unit: 'ms', ...result('p99Ms') },
      ...{ goal: 'at most a fifth', detail: `${seedCount} seeds: ${times} times lower` },
    },
    {
      ...{ name: `overload, ${where}: requests answered, latency-aware`, unit: 'requests/s', ...result('perSec') },
      ...{ goal: 'within 5 %', detail: `${seedCount} seeds: ${shares}`, checksum },
    },
  ];
}

export async function run(size: BenchSize): Promise<BenchResult[]> {
  const { simulatedSec, realSec, seedCount } = SIZES[size];
  return [
    ...(await beside('simulated', seedCount, (policy, seed) => simulated(policy, seed, simulatedSec))),
    ...(await beside('on real models', seedCount, (policy, seed) => onModels(policy, seed, realSec))),
  ];
}
