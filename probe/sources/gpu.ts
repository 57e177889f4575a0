// Load and clock of Jetson's GPU. The devfreq node is found by the name in its device tree node, as jtop does, because its path differs
// between JetPacks; it can appear late, so it is looked for until it is there.

import { join } from 'node:path';
import { listNames, readNumber, readText } from './files';
import type { Reading, Source } from './source';

const GPU_NAMES = new Set(['gv11b', 'gp10b', 'ga10b', 'gb10b', 'gpu']);
/** Load is given in thousandths. */
const PER_MILLE = 1000;

/** The devfreq folder of the GPU; undefined on other machines. */
export async function findGpu(root: string): Promise<string | undefined> {
  const folder = join(root, 'sys/class/devfreq');
  for (const name of await listNames(folder)) {
    const node = (await readText(join(folder, name, 'device/of_node/name')))?.replace(/\0/g, '');
    if (node !== undefined && GPU_NAMES.has(node)) return join(folder, name);
  }
  return undefined;
}

/** gpu_load_ratio, gpu_frequency_hz, gpu_frequency_max_hz. */
export function gpuSource(root: string): Source {
  let gpu: string | undefined;
  const read = async (path: string, metric: string, unit: number): Promise<Reading[]> => {
    const value = await readNumber(path);
    return value === undefined ? [] : [{ metric, value: value / unit }];
  };
  return {
    read: async () => {
      gpu ??= await findGpu(root);
      if (!gpu) return [];
      return [
        ...(await read(join(gpu, 'device/load'), 'gpu_load_ratio', PER_MILLE)),
        ...(await read(join(gpu, 'cur_freq'), 'gpu_frequency_hz', 1)),
        ...(await read(join(gpu, 'max_freq'), 'gpu_frequency_max_hz', 1)),
      ];
    },
  };
}
