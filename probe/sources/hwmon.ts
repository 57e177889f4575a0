// Sensors of /sys/class/hwmon: power rails, temperatures, fans, over-current events. Numbers of hwmon folders change with each boot,
// so chips are told apart by their name and rails by their label.

import { join } from 'node:path';
import { listNames, metricPart, readNumber, readText } from './files';
import type { Reading, Source } from './source';

const MILLI = 1000;
const PWM_MAX = 255;
const MICRO = 1e6;

interface Chip {
  readonly folder: string;
  readonly name: string;
  readonly files: ReadonlySet<string>;
}

function channels(chip: Chip, pattern: RegExp): string[] {
  return [...chip.files].flatMap((file) => pattern.exec(file)?.[1] ?? []);
}

// INA3221: volts and amperes of a rail as milli units. in7 is the sum of shunt voltages, which is no rail and has no current.
async function rails(chip: Chip): Promise<Reading[]> {
  const readings: Reading[] = [];
  for (const channel of channels(chip, /^curr(\d+)_input$/)) {
    const label = await readText(join(chip.folder, `in${channel}_label`));
    if (!label || label === 'NC') continue; // not connected
    const millivolts = await readNumber(join(chip.folder, `in${channel}_input`));
    const milliamperes = await readNumber(join(chip.folder, `curr${channel}_input`));
    if (millivolts === undefined || milliamperes === undefined) continue;
    const rail = `rail_${metricPart(label)}`;
    readings.push(
      { metric: `${rail}_watts`, value: (millivolts * milliamperes) / MICRO },
      { metric: `${rail}_volts`, value: millivolts / MILLI },
      { metric: `${rail}_amperes`, value: milliamperes / MILLI },
    );
  }
  return readings;
}

async function temperatures(chip: Chip): Promise<Reading[]> {
  const readings: Reading[] = [];
  for (const channel of channels(chip, /^temp(\d+)_input$/)) {
    const label = (await readText(join(chip.folder, `temp${channel}_label`))) ?? `temp${channel}`;
    const milli = await readNumber(join(chip.folder, `temp${channel}_input`));
    if (milli === undefined) continue;
    readings.push({ metric: `hwmon_${metricPart(chip.name)}_${metricPart(label)}_celsius`, value: milli / MILLI });
  }
  return readings;
}

async function powers(chip: Chip): Promise<Reading[]> {
  const readings: Reading[] = [];
  for (const channel of channels(chip, /^power(\d+)_(?:input|average)$/)) {
    const label = (await readText(join(chip.folder, `power${channel}_label`))) ?? `power${channel}`;
    const file = chip.files.has(`power${channel}_input`) ? `power${channel}_input` : `power${channel}_average`;
    const microwatts = await readNumber(join(chip.folder, file));
    if (microwatts === undefined) continue;
    readings.push({ metric: `hwmon_${metricPart(chip.name)}_${metricPart(label)}_watts`, value: microwatts / MICRO });
  }
  return readings;
}

// Jetson's fan: its drive in one chip (pwmfan), its speed in another (pwm_tach, file rpm). Others say fanN_input.
async function fans(chip: Chip): Promise<Reading[]> {
  const readings: Reading[] = [];
  const add = async (file: string, metric: string, unit: number) => {
    const value = chip.files.has(file) ? await readNumber(join(chip.folder, file)) : undefined;
    if (value !== undefined) readings.push({ metric, value: value / unit });
  };
  if (chip.name === 'pwmfan') await add('pwm1', 'fan_pwm_ratio', PWM_MAX);
  if (chip.name === 'pwm_tach') await add('rpm', 'fan_speed_rpm', 1);
  for (const channel of channels(chip, /^fan(\d+)_input$/)) {
    await add(`fan${channel}_input`, `hwmon_${metricPart(chip.name)}_fan${channel}_rpm`, 1);
  }
  return readings;
}

// Tegra halves the clocks for a moment at each such event, and no clock reading shows it. Counted since boot.
async function overCurrents(chip: Chip): Promise<Reading[]> {
  if (chip.name !== 'soctherm_oc') return [];
  const readings: Reading[] = [];
  for (const channel of channels(chip, /^oc(\d+)_event_cnt$/)) {
    const value = await readNumber(join(chip.folder, `oc${channel}_event_cnt`));
    if (value !== undefined) readings.push({ metric: `over_current_oc${channel}_event_count`, value });
  }
  return readings;
}

/** rail_NAME_watts and volts and amperes, hwmon_CHIP_SENSOR_celsius, fan_pwm_ratio, fan_speed_rpm, over_current_ocN_event_count. */
export function hwmonSource(root: string): Source {
  const folder = join(root, 'sys/class/hwmon');
  return {
    read: async () => {
      const readings = new Map<string, Reading>();
      for (const each of await listNames(folder)) {
        const path = join(folder, each);
        const chip = {
          folder: path,
          name: (await readText(join(path, 'name'))) ?? each,
          files: new Set(await listNames(path)),
        };
        for (const part of [rails, temperatures, powers, fans, overCurrents]) {
          // Two chips of one name and label would share a metric; the first one keeps it.
          for (const reading of await part(chip))
            if (!readings.has(reading.metric)) readings.set(reading.metric, reading);
        }
      }
      return [...readings.values()];
    },
  };
}
