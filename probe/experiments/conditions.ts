// Clock and temperature of the device while a point is measured: from sysfs on a Jetson and for a CPU, from the driver's NVML elsewhere.

import { join } from 'node:path';
import type { NativeAddon } from '../runner/addon';
import { readNumber } from '../sources/files';
import { findGpu } from '../sources/gpu';
import { thermalSource } from '../sources/thermal';
import { UNKNOWN } from './point';

export interface Conditions {
  readonly coreClockKhz: number;
  readonly temperatureC: number;
}

const HZ_PER_KHZ = 1000;
/** Zones that tell of the device, the most telling first (their names on Jetson, on PCs and on servers). */
const ZONES = { cuda: /_gpu_/, cpu: /_(cpu|x86_pkg_temp|soc|tj)/ } as const;

/** Reads what there is; UNKNOWN for what there is not. Never throws. */
export async function readConditions(addon: NativeAddon, kind: 'cpu' | 'cuda', root = '/'): Promise<Conditions> {
  const nvml = kind === 'cuda' ? addon.gpuSensors(0) : undefined;
  if (nvml) return { coreClockKhz: nvml.coreClockKhz, temperatureC: nvml.temperatureC };
  const readings = await thermalSource(root).read();
  const temperatureC = readings.find(({ metric }) => ZONES[kind].test(metric))?.value ?? UNKNOWN;
  if (kind === 'cpu') {
    const clock = await readNumber(join(root, 'sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq'));
    return { coreClockKhz: clock ?? UNKNOWN, temperatureC };
  }
  const gpu = await findGpu(root);
  const clockHz = gpu === undefined ? undefined : await readNumber(join(gpu, 'cur_freq'));
  return { coreClockKhz: clockHz === undefined ? UNKNOWN : clockHz / HZ_PER_KHZ, temperatureC };
}
