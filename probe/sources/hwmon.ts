// Sensors of /sys/class/hwmon: temperatures, power, fans, and on Jetson the INA3221 rails and the over-current counters. Chips are
// found by name, because their numbers change from boot to boot. Files: kernel documentation hwmon/sysfs-interface, and JetPack 5-7.

import { join } from 'node:path';
import { listNow, readNumber, readTextNow } from './files';
import { metricWord, type Reading, type Source } from './reading';

type Read = () => Promise<Reading | undefined>;

const scaled =
  (path: string, metric: string, scale: number): Read =>
  async () => {
    const value = await readNumber(path);
    return value === undefined ? undefined : { metric, value: value * scale };
  };

/** Volts times amperes of one INA3221 channel: millivolts and milliamperes, in watts. */
function rail(chip: string, channel: string, metric: string): Read {
  return async () => {
    const [milliVolts, milliAmperes] = await Promise.all([
      readNumber(join(chip, `in${channel}_input`)),
      readNumber(join(chip, `curr${channel}_input`)),
    ]);
    if (milliVolts === undefined || milliAmperes === undefined) return undefined;
    return { metric, value: (milliVolts * milliAmperes) / 1e6 };
  };
}

function readOf(chip: string, name: string, file: string): Read | undefined {
  const path = join(chip, file);
  const number = /^\D+(\d+)/.exec(file)?.[1] ?? '';
  const label = readTextNow(join(chip, file.replace('_input', '_label')));
  const word = metricWord(`${name}_${label ?? number}`);
  if (/^temp\d+_input$/.test(file)) return scaled(path, `${word}_celsius`, 1e-3);
  if (/^power\d+_input$/.test(file)) return scaled(path, `${word}_watts`, 1e-6);
  if (/^fan\d+_input$/.test(file) || file === 'rpm') return scaled(path, `${metricWord(name)}_fan_rpm`, 1);
  if (/^pwm\d+$/.test(file)) return scaled(path, `${metricWord(name)}_duty_ratio`, 1 / 255);
  if (/^oc\d+_event_cnt$/.test(file)) return scaled(path, `over_current_${number}_events`, 1);
  const railName = readTextNow(join(chip, `in${number}_label`));
  if (/^curr\d+_input$/.test(file) && railName && railName !== 'NC' && !railName.startsWith('sum of')) {
    return rail(chip, number, `rail_${metricWord(railName)}_watts`);
  }
  return undefined;
}

export function hwmonSource(root: string): Source {
  const folder = join(root, 'sys/class/hwmon');
  const reads = listNow(folder).flatMap((entry) => {
    const chip = join(folder, entry);
    const name = readTextNow(join(chip, 'name')) ?? entry;
    return listNow(chip).flatMap((file) => readOf(chip, name, file) ?? []);
  });
  return async () => (await Promise.all(reads.map((read) => read()))).flatMap((reading) => reading ?? []);
}
