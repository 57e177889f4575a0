// The integrated GPU of a Jetson: load and frequency from devfreq. Device names: gv11b, gp10b, ga10b, gb10b, gpu (JetPack 4 to 7).

import { join } from 'node:path';
import { listNow, readNumber, readTextNow } from './files';
import type { Reading, Source } from './reading';

const NAMES = ['gv11b', 'gp10b', 'ga10b', 'gb10b', 'gpu'];
/** The node appears only after the driver, so a machine that has none yet is looked at again. */
const LOOK_AGAIN_READINGS = 100;

function findGpu(root: string): string | undefined {
  const folder = join(root, 'sys/class/devfreq');
  return listNow(folder)
    .map((entry) => join(folder, entry))
    .find((path) => NAMES.includes(readTextNow(join(path, 'device/of_node/name')) ?? ''));
}

export function jetsonGpuSource(root: string): Source {
  let path = findGpu(root);
  let readingCount = 0;
  return async () => {
    if (!path && ++readingCount % LOOK_AGAIN_READINGS === 0) path = findGpu(root);
    if (!path) return [];
    const [load, frequency] = await Promise.all([
      readNumber(join(path, 'device/load')),
      readNumber(join(path, 'cur_freq')),
    ]);
    const readings: Reading[] = [];
    if (load !== undefined) readings.push({ metric: 'gpu_load_ratio', value: load / 1000 });
    if (frequency !== undefined) readings.push({ metric: 'gpu_frequency_hz', value: frequency });
    return readings;
  };
}
