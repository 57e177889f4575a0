// The built-in workload as a launch, here and on a board.

import { TRACE_KINDS_DEFAULT } from '../../../shared/model/enums';
import type { LaunchParams } from '../../../shared/rpc/methods';
import type { InstalledProbe } from '../deploy/install';
import type { Installation } from '../installation';

/** It runs for so long unless it is stopped. */
const SECONDS = 60;

function launchOf(nodePath: string, runnerPath: string, addonPath: string, hasCollector: boolean): LaunchParams {
  return {
    command: nodePath,
    args: [runnerPath, 'demo', '--seconds', String(SECONDS), '--device', 'auto', '--addon', addonPath],
    kinds: hasCollector ? [...TRACE_KINDS_DEFAULT] : ['kernel', 'memcpy', 'memory', 'nvtx'],
  };
}

/** undefined where the native parts are not built. */
export function localDemo({ runnerPath, addonPath, collectorPath }: Installation): LaunchParams | undefined {
  if (!addonPath) return undefined;
  const launch = launchOf(process.execPath, runnerPath, addonPath, collectorPath !== undefined);
  // Electron's binary must be told that it is Node here.
  return process.versions.electron ? { ...launch, env: { ELECTRON_RUN_AS_NODE: '1' } } : launch;
}

/** undefined where the addon could not be built there. */
export function boardDemo({
  nodePath,
  runnerPath,
  addonPath,
  collectorPath,
}: InstalledProbe): LaunchParams | undefined {
  return addonPath === undefined ? undefined : launchOf(nodePath, runnerPath, addonPath, collectorPath !== undefined);
}
