// The temperature that tiers follow, read from trees as real boards show them.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Heat, readHeat, watchTemperature } from '../../../probe/workloads/temperature';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hka-heat-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function put(...entries: readonly (readonly [string, string])[]): void {
  for (const [path, text] of entries) {
    const full = join(root, 'sys/class/thermal', path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, `${text}\n`);
  }
}
const zone = (index: number, type: string, milli: number) =>
  [
    [`thermal_zone${index}/type`, type],
    [`thermal_zone${index}/temp`, String(milli)],
  ] as const;
const cooling = (index: number, type: string, state: number) =>
  [
    [`cooling_device${index}/type`, type],
    [`cooling_device${index}/cur_state`, String(state)],
  ] as const;

const optionsOf = (isCuda: boolean, nvmlCelsius?: () => number) => {
  return { root, isCuda, nvmlCelsius, heard: () => undefined, missing: () => undefined };
};

test('a Jetson: the hottest junction, and a clock that is held down is throttling; a fan is not', async () => {
  put(...zone(0, 'cpu-thermal', 61_000), ...zone(1, 'gpu-thermal', 58_500), ...zone(2, 'tj-thermal', 97_250));
  put(...cooling(0, 'pwm-fan', 3), ...cooling(1, 'cpufreq-cpu0', 0));
  expect(await readHeat(optionsOf(true))).toEqual({ celsius: 97.25, isThrottled: false });
  put(...cooling(1, 'cpufreq-cpu0', 2));
  expect(await readHeat(optionsOf(true))).toEqual({ celsius: 97.25, isThrottled: true });
});

test('a PC: the package; a GPU without a zone has none; NVML goes before zones', async () => {
  put(...zone(0, 'acpitz', 27_800), ...zone(1, 'x86_pkg_temp', 71_000), ...zone(2, 'x86_pkg_temp', 73_000));
  expect(await readHeat(optionsOf(false))).toEqual({ celsius: 73, isThrottled: false });
  expect(await readHeat(optionsOf(true))).toBeUndefined();
  expect(await readHeat(optionsOf(true, () => 64))).toEqual({ celsius: 64, isThrottled: false });
  expect(await readHeat(optionsOf(true, () => -1))).toBeUndefined();
});

test('it is read again and again; without a sensor that is said once and nothing is heard', async () => {
  const heard: Heat[] = [];
  let missingCount = 0;
  const options = { ...optionsOf(false), heard: (heat: Heat) => heard.push(heat), missing: () => missingCount++ };
  const stopNone = await watchTemperature(options);
  stopNone();
  expect([heard, missingCount]).toEqual([[], 1]);
  put(...zone(0, 'cpu-thermal', 50_000));
  const stop = await watchTemperature(options);
  expect(heard).toEqual([{ celsius: 50, isThrottled: false }]);
  put(...zone(0, 'cpu-thermal', 90_000));
  await expect.poll(() => heard.at(-1)?.celsius, { timeout: 30_000 }).toBe(90);
  stop();
  expect(missingCount).toBe(1);
});
