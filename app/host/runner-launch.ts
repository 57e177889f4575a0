// The runner as a launch, here and on a board: the built-in workload, experiments, and workloads under the scheduler.

import { randomBytes } from 'node:crypto';
import { TRACE_KINDS_DEFAULT } from '../../shared/model/enums';
import type { ExperimentSpec } from '../../shared/rpc/experiment';
import type { LaunchParams } from '../../shared/rpc/methods';
import type { PolicyChoice, WorkloadPreset } from '../../shared/rpc/workload-control';
import { formatCount } from '../../shared/units/format';
import { failure } from '../../shared/util/failure';
import type { InstalledProbe } from './deploy/install';
import type { Installation } from './installation';

/** What starts a runner on one machine. All paths are that machine's. */
export interface RunnerPlace {
  readonly nodePath: string;
  readonly runnerPath: string;
  readonly addonPath: string;
  readonly hasCollector: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

export const RUNNER_DEVICES = ['auto', 'cpu', 'cuda'] as const;
export type RunnerDevice = (typeof RUNNER_DEVICES)[number];

/** The demo runs for so long unless it is stopped. */
const DEMO_SECONDS = 60;
/** Linux takes 131,072 bytes in one argument. */
export const SPEC_BYTES_MAX = 120_000;

/** undefined where the native parts are not built. */
export function localRunner({ runnerPath, addonPath, collectorPath }: Installation): RunnerPlace | undefined {
  if (!addonPath) return undefined;
  const place = { nodePath: process.execPath, runnerPath, addonPath, hasCollector: collectorPath !== undefined };
  // Electron's binary must be told that it is Node here.
  return process.versions.electron ? { ...place, env: { ELECTRON_RUN_AS_NODE: '1' } } : place;
}

/** undefined where the addon could not be built there. */
export function boardRunner(installed: InstalledProbe): RunnerPlace | undefined {
  const { nodePath, runnerPath, addonPath, collectorPath } = installed;
  return addonPath === undefined
    ? undefined
    : { nodePath, runnerPath, addonPath, hasCollector: collectorPath !== undefined };
}

function launchOf(place: RunnerPlace, words: readonly string[]): LaunchParams {
  const launch: LaunchParams = {
    command: place.nodePath,
    args: [place.runnerPath, ...words, '--addon', place.addonPath],
    kinds: place.hasCollector ? [...TRACE_KINDS_DEFAULT] : ['kernel', 'memcpy', 'memory', 'nvtx'],
  };
  return place.env ? { ...launch, env: { ...place.env } } : launch;
}

export interface DemoChoice {
  readonly seconds?: number;
  readonly device?: RunnerDevice;
}

/** The built-in workload: a preset that needs neither a GPU nor a download. */
export function demoLaunch(
  place: RunnerPlace,
  { seconds = DEMO_SECONDS, device = 'auto' }: DemoChoice = {},
): LaunchParams {
  return workloadLaunch(place, { workload: { preset: 'demo' }, seconds, device });
}

/** A number that no other experiment has: 53 random bits, which a float64 holds exactly, and never 0. */
export function randomExperiment(): number {
  return Math.max(1, Number(randomBytes(8).readBigUInt64LE() >> 11n));
}

export interface ExperimentChoice {
  readonly spec: ExperimentSpec;
  readonly device: RunnerDevice;
  /** Joins its rows; of randomExperiment. */
  readonly experiment: number;
}

/** Throws FailureError `specTooLong` for a spec that no argument can hold, which only a long kernel source can make. */
export function experimentLaunch(place: RunnerPlace, { spec, device, experiment }: ExperimentChoice): LaunchParams {
  const text = JSON.stringify(spec);
  const bytes = Buffer.byteLength(text);
  if (bytes > SPEC_BYTES_MAX) {
    throw failure(
      'specTooLong',
      `The experiment takes ${formatCount(bytes)} bytes to describe, more than the ${formatCount(SPEC_BYTES_MAX)} that fit.`,
      'Shorten the kernel’s source: leave out what it does not use, or its comments.',
    );
  }
  return launchOf(place, ['experiment', '--spec', text, '--experiment', String(experiment), '--device', device]);
}

export interface WorkloadLaunchChoice {
  /** A preset by its name, or the text of a workload file. */
  readonly workload: { readonly preset: WorkloadPreset } | { readonly text: string };
  /** The workload's own when undefined. */
  readonly policy?: PolicyChoice;
  /** The workload's own when undefined. */
  readonly seconds?: number;
  /** The workload's own when undefined. */
  readonly seed?: number;
  /** From which paths in a text count; the folder in which the runner is started when undefined. */
  readonly folder?: string;
  readonly device: RunnerDevice;
}

/** Throws FailureError `workloadTooLong` for a text that no argument can hold. */
export function workloadLaunch(place: RunnerPlace, choice: WorkloadLaunchChoice): LaunchParams {
  const { workload, policy, seconds, seed, folder, device } = choice;
  if ('text' in workload && Buffer.byteLength(workload.text) > SPEC_BYTES_MAX) {
    throw failure(
      'workloadTooLong',
      `The workload file is longer than the ${formatCount(SPEC_BYTES_MAX)} bytes that fit into one argument.`,
      'Shorten it: leave out its comments, or name a trace by its path.',
    );
  }
  const words = 'preset' in workload ? ['--preset', workload.preset] : ['--text', workload.text];
  if (policy !== undefined) words.push('--policy', policy);
  if (seconds !== undefined) words.push('--seconds', String(seconds));
  if (seed !== undefined) words.push('--seed', String(seed));
  if (folder !== undefined) words.push('--folder', folder);
  return launchOf(place, ['workload', ...words, '--device', device]);
}
