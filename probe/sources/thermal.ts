// Thermal zones by type, never by number. A zone of an unpowered part answers with an error or with -256 °C, and is absent.

import { join } from 'node:path';
import { listNow, readNumber, readTextNow } from './files';
import { metricWord, type Source } from './reading';

const OFF_MILLI_CELSIUS = -256_000;

export function thermalSource(root: string): Source {
  const folder = join(root, 'sys/class/thermal');
  const zones = listNow(folder)
    .filter((name) => name.startsWith('thermal_zone'))
    .map((name) => {
      const type = readTextNow(join(folder, name, 'type')) ?? name;
      return {
        path: join(folder, name, 'temp'),
        metric: `thermal_${metricWord(type.replace(/-therm(al)?$/, ''))}_celsius`,
      };
    });
  return async () => {
    const values = await Promise.all(zones.map(({ path }) => readNumber(path)));
    return zones.flatMap(({ metric }, i) => {
      const value = values[i];
      return value === undefined || value <= OFF_MILLI_CELSIUS ? [] : [{ metric, value: value / 1000 }];
    });
  };
}
