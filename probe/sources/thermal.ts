// Temperatures of /sys/class/thermal. Zones are told apart by their type, never by their number. A zone whose rail is off answers
// EAGAIN, or -256 °C on JetPack 5; both mean that there is no reading.

import { join } from 'node:path';
import { listNames, metricPart, readNumber, readText } from './files';
import type { Reading, Source } from './source';

const MILLI = 1000;
/** What Tegra's firmware says of a sensor without power, in °C. */
const SENSOR_OFF_CELSIUS = -256;

/** tj-thermal, Tboard_tegra, x86_pkg_temp → thermal_tj_celsius, thermal_tboard_tegra_celsius, thermal_x86_pkg_temp_celsius. */
export function thermalMetric(type: string): string {
  return `thermal_${metricPart(type.replace(/-therm(al)?$/, ''))}_celsius`;
}

/** thermal_ZONE_celsius of each zone that answers. A second zone of the same type gets its number. */
export function thermalSource(root: string): Source {
  const folder = join(root, 'sys/class/thermal');
  return {
    read: async () => {
      const readings: Reading[] = [];
      const seen = new Set<string>();
      for (const zone of await listNames(folder)) {
        if (!zone.startsWith('thermal_zone')) continue;
        const type = await readText(join(folder, zone, 'type'));
        if (!type) continue;
        const plain = thermalMetric(type);
        const metric = seen.has(plain)
          ? plain.replace(/_celsius$/, `_${zone.slice('thermal_'.length)}_celsius`)
          : plain;
        seen.add(plain);
        const milli = await readNumber(join(folder, zone, 'temp'));
        if (milli === undefined || milli / MILLI <= SENSOR_OFF_CELSIUS) continue;
        readings.push({ metric, value: milli / MILLI });
      }
      return readings;
    },
  };
}
