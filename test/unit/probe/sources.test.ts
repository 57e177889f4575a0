// Health of boards as their sysfs trees show it, from what real boards said.

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cpuSource } from '../../../probe/sources/cpu';
import { metricPart } from '../../../probe/sources/files';
import { gpuSource } from '../../../probe/sources/gpu';
import { hwmonSource } from '../../../probe/sources/hwmon';
import { describeMachine } from '../../../probe/sources/machine';
import { memorySource } from '../../../probe/sources/memory';
import { ownCostSource } from '../../../probe/sources/own-cost';
import type { Source } from '../../../probe/sources/source';
import { thermalSource } from '../../../probe/sources/thermal';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hka-sysfs-'));
});
afterEach(() => rmSync(root, { recursive: true }));

/** Writes files below the root. */
function tree(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

/** A file that is there and cannot be read, as a sensor without power (which answers EAGAIN): here a folder (EISDIR). */
function unreadable(path: string): void {
  mkdirSync(join(root, path), { recursive: true });
}

async function read(source: Source): Promise<Record<string, number>> {
  return Object.fromEntries((await source.read()).map(({ metric, value }) => [metric, value]));
}

test('cpu: the busy part of what passed; a CPU that is switched off has no row', async () => {
  tree({ 'proc/stat': 'cpu  100 0 100 800 0 0 0 0 0 0\ncpu0 50 0 50 400 0 0 0 0\ncpu1 50 0 50 400 0 0 0 0\nintr 5\n' });
  const source = cpuSource(root);
  expect(await read(source)).toEqual({});
  tree({ 'proc/stat': 'cpu  150 0 125 825 0 0 0 0 0 0\ncpu0 100 0 50 450 0 0 0 0\nintr 9\n' });
  expect(await read(source)).toEqual({ cpu_load_ratio: 0.75, cpu0_load_ratio: 0.5 });
});

test('cpu: waiting for a disk is idle, and an iowait that goes backwards gives no negative load', async () => {
  tree({ 'proc/stat': 'cpu  0 0 0 100 50 0 0 0\n' });
  const source = cpuSource(root);
  tree({ 'proc/stat': 'cpu  0 0 0 180 60 0 0 0\n' });
  expect(await read(source)).toEqual({ cpu_load_ratio: 0 });
  tree({ 'proc/stat': 'cpu  10 0 0 205 40 0 0 0\n' });
  expect((await read(source)).cpu_load_ratio).toBeLessThanOrEqual(1);
});

test('memory: kilobytes of /proc/meminfo as bytes', async () => {
  tree({
    'proc/meminfo': 'MemTotal:        7802880 kB\nMemFree:  100 kB\nMemAvailable:    1470464 kB\nHugePages_Total: 0\n',
  });
  expect(await read(memorySource(root))).toEqual({
    memory_total_bytes: 7_990_149_120,
    memory_free_bytes: 102_400,
    memory_available_bytes: 1_505_755_136,
  });
});

test('the probe tells its own cost', async () => {
  const { probe_cpu_ratio, probe_rss_bytes } = await read(ownCostSource());
  expect(probe_cpu_ratio).toBeGreaterThanOrEqual(0);
  expect(probe_rss_bytes).toBeGreaterThan(1e6);
});

describe('an Orin Nano with JetPack 6', () => {
  test('thermal: zones by type; cv0 answers EAGAIN and is absent, -256 °C is a sensor that is off', async () => {
    const types = ['cpu-thermal', 'gpu-thermal', 'cv0-thermal', 'soc0-thermal', 'tj-thermal', 'Tdiode_tegra'];
    types.forEach((type, zone) => {
      tree({ [`sys/class/thermal/thermal_zone${zone}/type`]: `${type}\n` });
      if (type !== 'cv0-thermal') tree({ [`sys/class/thermal/thermal_zone${zone}/temp`]: `${49_031 + zone}\n` });
    });
    tree({
      'sys/class/thermal/thermal_zone3/temp': '-256000\n',
      'sys/class/thermal/cooling_device0/type': 'pwm-fan\n',
    });
    unreadable('sys/class/thermal/thermal_zone2/temp');
    expect(await read(thermalSource(root))).toEqual({
      thermal_cpu_celsius: 49.031,
      thermal_gpu_celsius: 49.032,
      thermal_tj_celsius: 49.035,
      thermal_tdiode_tegra_celsius: 49.036,
    });
  });

  test('thermal: a second zone of one type keeps its own metric', async () => {
    tree({
      'sys/class/thermal/thermal_zone0/type': 'acpitz\n',
      'sys/class/thermal/thermal_zone0/temp': '30000\n',
      'sys/class/thermal/thermal_zone10/type': 'acpitz\n',
      'sys/class/thermal/thermal_zone10/temp': '40000\n',
    });
    expect(await read(thermalSource(root))).toEqual({
      thermal_acpitz_celsius: 30,
      thermal_acpitz_zone10_celsius: 40,
    });
  });

  test('hwmon: rails of the INA3221 by label without the sum of shunts, over-current events, fan', async () => {
    const ina = 'sys/class/hwmon/hwmon1';
    tree({
      [`${ina}/name`]: 'ina3221\n',
      [`${ina}/in1_label`]: 'VDD_IN\n',
      [`${ina}/in1_input`]: '4976\n',
      [`${ina}/curr1_input`]: '1504\n',
      [`${ina}/in2_label`]: 'VDD_CPU_GPU_CV\n',
      [`${ina}/in2_input`]: '4976\n',
      [`${ina}/curr2_input`]: '0\n',
      [`${ina}/in3_label`]: 'NC\n',
      [`${ina}/in3_input`]: '0\n',
      [`${ina}/curr3_input`]: '0\n',
      [`${ina}/in7_label`]: 'sum of shunt voltages\n',
      [`${ina}/in7_input`]: '12\n',
      'sys/class/hwmon/hwmon3/name': 'soctherm_oc\n',
      'sys/class/hwmon/hwmon3/oc3_event_cnt': '42\n',
      'sys/class/hwmon/hwmon3/oc3_throt_en': '1\n',
      'sys/class/hwmon/hwmon2/name': 'pwmfan\n',
      'sys/class/hwmon/hwmon2/pwm1': '102\n',
      'sys/class/hwmon/hwmon0/name': 'pwm_tach\n',
      'sys/class/hwmon/hwmon0/rpm': '2710\n',
    });
    const readings = await read(hwmonSource(root));
    expect(readings.rail_vdd_in_watts).toBeCloseTo(7.483904, 9);
    expect(readings).toEqual({
      rail_vdd_in_watts: expect.any(Number),
      rail_vdd_in_volts: 4.976,
      rail_vdd_in_amperes: 1.504,
      rail_vdd_cpu_gpu_cv_watts: 0,
      rail_vdd_cpu_gpu_cv_volts: 4.976,
      rail_vdd_cpu_gpu_cv_amperes: 0,
      over_current_oc3_event_count: 42,
      fan_pwm_ratio: 0.4,
      fan_speed_rpm: 2710,
    });
  });

  test('hwmon: the temperatures of a computer', async () => {
    tree({
      'sys/class/hwmon/hwmon0/name': 'coretemp\n',
      'sys/class/hwmon/hwmon0/temp1_label': 'Package id 0\n',
      'sys/class/hwmon/hwmon0/temp1_input': '55000\n',
      'sys/class/hwmon/hwmon1/name': 'amdgpu\n',
      'sys/class/hwmon/hwmon1/power1_average': '31000000\n',
      'sys/class/hwmon/hwmon1/fan1_input': '900\n',
    });
    expect(await read(hwmonSource(root))).toEqual({
      hwmon_coretemp_package_id_0_celsius: 55,
      hwmon_amdgpu_power1_watts: 31,
      hwmon_amdgpu_fan1_rpm: 900,
    });
  });

  test('gpu: found by the name in its device tree node, also when it appears late; a load that cannot be read is left out', async () => {
    const source = gpuSource(root);
    expect(await read(source)).toEqual({});
    const device = 'sys/devices/platform/bus@0/17000000.gpu';
    tree({
      'sys/class/devfreq/15340000.vic/device/of_node/name': 'vic\0',
      'sys/class/devfreq/15340000.vic/cur_freq': '115200000\n',
      [`${device}/of_node/name`]: 'gpu\0',
      [`${device}/load`]: '630\n',
      'sys/class/devfreq/17000000.gpu/cur_freq': '624750000\n',
      'sys/class/devfreq/17000000.gpu/max_freq': '1020000000\n',
    });
    symlinkSync(join(root, device), join(root, 'sys/class/devfreq/17000000.gpu/device'));
    expect(await read(source)).toEqual({
      gpu_load_ratio: 0.63,
      gpu_frequency_hz: 624_750_000,
      gpu_frequency_max_hz: 1_020_000_000,
    });
    rmSync(join(root, device, 'load'));
    unreadable(`${device}/load`);
    expect(await read(source)).toEqual({ gpu_frequency_hz: 624_750_000, gpu_frequency_max_hz: 1_020_000_000 });
  });

  test('the board names itself', () => {
    tree({
      'proc/device-tree/model': 'NVIDIA Jetson Orin Nano Engineering Reference Developer Kit Super\0',
      'etc/os-release': 'NAME="Ubuntu"\nPRETTY_NAME="Ubuntu 22.04.5 LTS"\n',
      'proc/cpuinfo': 'processor\t: 0\n',
    });
    const machine = describeMachine(root);
    expect(machine.model).toBe('NVIDIA Jetson Orin Nano Engineering Reference Developer Kit Super');
    expect(machine.system).toMatch(/^Ubuntu 22\.04\.5 LTS, Linux /);
  });
});

test('a machine that shows nothing gives no rows and no error', async () => {
  for (const source of [cpuSource(root), memorySource(root), thermalSource(root), hwmonSource(root), gpuSource(root)]) {
    expect(await read(source)).toEqual({});
  }
  expect(describeMachine(root).model).toBe('unknown');
});

test.each([
  ['VDD_CPU_GPU_CV', 'vdd_cpu_gpu_cv'],
  ['Package id 0', 'package_id_0'],
  ['+12V (in)', '12v_in'],
])('%s as a part of a metric is %s', (name, part) => expect(metricPart(name)).toBe(part));
