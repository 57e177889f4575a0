// The temperature of the device that a workload runs on, and whether the machine throttles: NVML's where the driver has it, else the zones and
// cooling devices of /sys/class/thermal.

import { join } from 'node:path';
import { FailureError } from '../../shared/util/failure';
import { loadAddon } from '../runner/addon';
import { listNames, readNumber, readText } from '../sources/files';
import { thermalSource } from '../sources/thermal';

export interface Heat {
  readonly celsius: number;
  readonly isThrottled: boolean;
}

export interface TemperatureOptions {
  /** Of the machine's file system. */
  readonly root: string;
  readonly isCuda: boolean;
  /** What NVML says of the GPU; -1 when it does not know. undefined where there is no NVML. */
  readonly nvmlCelsius: (() => number) | undefined;
  readonly heard: (heat: Heat) => void;
  /** Called once, when there is nothing to hear. */
  readonly missing: () => void;
}

/** Twice in the shortest window in which tiers are judged by default. */
const READ_MS = 250;

// The most telling first. tj is Tegra's hottest junction, at which it throttles; the others are names on Jetson, PCs and servers.
const CUDA_ZONES = [/_tj_/, /_gpu_/];
const CPU_ZONES = [/_tj_/, /_cpu/, /_x86_pkg_temp/, /_soc/, /_k10temp|_zenpower/];
/** Cooling devices that make a processor slower when they are in use; fans are in use all the time. */
const SLOWING = /cpufreq|devfreq|\.gpu$/;

async function isThrottled(root: string): Promise<boolean> {
  const folder = join(root, 'sys/class/thermal');
  for (const name of await listNames(folder)) {
    if (!name.startsWith('cooling_device')) continue;
    const type = await readText(join(folder, name, 'type'));
    if (type && SLOWING.test(type) && ((await readNumber(join(folder, name, 'cur_state'))) ?? 0) > 0) return true;
  }
  return false;
}

/** One reading; undefined when the machine tells none. Never throws. */
export async function readHeat({ root, isCuda, nvmlCelsius }: TemperatureOptions): Promise<Heat | undefined> {
  const told = nvmlCelsius?.() ?? -1;
  if (told >= 0) return { celsius: told, isThrottled: false };
  const readings = await thermalSource(root).read();
  for (const zone of isCuda ? CUDA_ZONES : CPU_ZONES) {
    const found = readings.filter(({ metric }) => zone.test(metric)).map(({ value }) => value);
    if (found.length > 0) return { celsius: Math.max(...found), isThrottled: await isThrottled(root) };
  }
  return undefined;
}

/** Reads now and four times a second until the returned function is called. Without any sensor it stops at once and says so. */
export async function watchTemperature(options: TemperatureOptions): Promise<() => void> {
  const first = await readHeat(options);
  if (!first) {
    options.missing();
    return () => undefined;
  }
  options.heard(first);
  let isOver = false;
  let isReading = false;
  const timer = setInterval(async () => {
    if (isReading) return;
    isReading = true;
    const heat = await readHeat(options);
    isReading = false;
    if (heat && !isOver) options.heard(heat);
  }, READ_MS);
  return () => {
    isOver = true;
    clearInterval(timer);
  };
}

/** How to ask NVML for the first GPU's temperature in °C; undefined where the addon or NVML is missing, as on a Jetson. */
export function nvmlReader(addonPath: string | undefined): (() => number) | undefined {
  try {
    const addon = loadAddon(addonPath);
    return addon.gpuSensors(0) ? () => addon.gpuSensors(0)?.temperatureC ?? -1 : undefined;
  } catch (error) {
    if (error instanceof FailureError) return undefined;
    throw error;
  }
}
