// The environment a target is launched with: the CUDA driver and NVTX load the collector by it.

import { targetEnvironment } from '../../shared/rpc/places';

export interface TargetEnvironmentOptions {
  readonly own: NodeJS.ProcessEnv;
  readonly added: Readonly<Record<string, string | null>>;
  /** undefined where there is no collector. */
  readonly collectorPath: string | undefined;
  readonly socketPath: string;
  readonly targetId: number;
}

/** The environment, and the injection of somebody else that ours took the place of. */
export function environmentOf(options: TargetEnvironmentOptions): {
  env: NodeJS.ProcessEnv;
  replaced: string | undefined;
} {
  const env: NodeJS.ProcessEnv = { ...options.own };
  for (const [name, value] of Object.entries(options.added)) {
    if (value === null) delete env[name];
    else env[name] = value;
  }
  env[targetEnvironment.socket] = options.socketPath;
  env[targetEnvironment.target] = String(options.targetId);
  if (!options.collectorPath) return { env, replaced: undefined };
  const other = env.CUDA_INJECTION64_PATH;
  env.CUDA_INJECTION64_PATH = options.collectorPath;
  env.NVTX_INJECTION64_PATH = options.collectorPath;
  return { env, replaced: other && other !== options.collectorPath ? other : undefined };
}
