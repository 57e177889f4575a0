// The workloads that come with the program, as files of this folder that a person may copy and change.

import { WORKLOAD_PRESETS, type WorkloadPreset } from '../../shared/rpc/workload-control';
import { failure } from '../../shared/util/failure';
import abRollout from './presets/ab-rollout.yaml?raw';
import demo from './presets/demo.yaml?raw';
import detectClassifyTrack from './presets/detect-classify-track.yaml?raw';
import overload from './presets/overload.yaml?raw';
import threeCameras from './presets/three-cameras.yaml?raw';

const TEXTS: Readonly<Record<WorkloadPreset, string>> = {
  'three-cameras': threeCameras,
  'detect-classify-track': detectClassifyTrack,
  overload,
  'ab-rollout': abRollout,
  demo,
};

/** The YAML of a preset. Throws FailureError noPreset. */
export function presetText(name: string): string {
  const known = WORKLOAD_PRESETS.find((each) => each === name);
  if (known) return TEXTS[known];
  throw failure('noPreset', `There is no preset "${name}".`, `The presets are: ${WORKLOAD_PRESETS.join(', ')}.`);
}
