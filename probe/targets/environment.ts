// The environment of a launched target: the probe's own, what the user adds, and what makes the CUDA driver and NVTX load the
// collector. Nothing else tells the target that it is watched.

import { existsSync } from 'node:fs';
import type { LaunchParams } from '../../shared/rpc/methods';
import { targetEnvironment } from '../../shared/rpc/places';
import type { Notice } from '../daemon/own-rows';

/** Read by the CUDA driver at cuInit, and by NVTX at its first call: the library to load. */
const INJECTION_VARIABLES = ['CUDA_INJECTION64_PATH', 'NVTX_INJECTION64_PATH'] as const;

export interface Environment {
  readonly variables: Record<string, string>;
  /** What the user should know about it. */
  readonly notices: Notice[];
}

function collectorNotice(collectorPath: string | undefined): Notice {
  return {
    severity: 'warning',
    code: 'collectorMissing',
    sentence: collectorPath
      ? `There is no collector at ${collectorPath}, so CUDA and NVTX are not captured.`
      : 'No collector is installed with this probe, so CUDA and NVTX are not captured.',
    remedy: 'Build it with npm run build:native, or name it with --collector, then restart the probe.',
  };
}

function replacedNotice(name: string, value: string): Notice {
  return {
    severity: 'warning',
    code: 'injectionReplaced',
    sentence: `${name} was set to ${value}; HookAnalyzer's collector was put in its place for this program.`,
    remedy: 'Run the program without HookAnalyzer to use the other tool.',
  };
}

/** Makes the environment. `base` is the probe's own; a null in the user's variables removes one. */
export function deriveEnvironment(
  base: NodeJS.ProcessEnv,
  params: Pick<LaunchParams, 'env' | 'kinds'>,
  probe: { readonly socketPath: string; readonly collectorPath: string | undefined; readonly targetId: number },
): Environment {
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...base, ...params.env })) if (value != null) variables[name] = value;
  variables[targetEnvironment.socket] = probe.socketPath;
  variables[targetEnvironment.target] = String(probe.targetId);
  const { collectorPath } = probe;
  const notices: Notice[] = [];
  if (collectorPath && existsSync(collectorPath)) {
    for (const name of INJECTION_VARIABLES) {
      const before = variables[name];
      if (before && before !== collectorPath) notices.push(replacedNotice(name, before));
      variables[name] = collectorPath;
    }
  } else if (params.kinds.length > 0) notices.push(collectorNotice(collectorPath));
  return { variables, notices };
}
