// All sources on one clock tick. A tick that finds the last one still reading is left out, so a slow sensor never piles up.

import { tables } from '../../shared/wire/tables';
import type { Journal } from '../daemon/journal';
import { hwmonSource } from './hwmon';
import { jetsonGpuSource } from './jetson-gpu';
import { memorySource } from './memory';
import { ownSource } from './own';
import { processorSource } from './processor';
import { thermalSource } from './thermal';

const INTERVAL_MS = 100;

/** Writes health rows every `intervalMs` until the returned function is called. */
export function startHealth(journal: Journal, root: string, intervalMs = INTERVAL_MS): () => void {
  const sources = [processorSource, memorySource, hwmonSource, thermalSource, jetsonGpuSource, ownSource].map((make) =>
    make(root),
  );
  let isReading = false;
  const tick = async () => {
    if (isReading) return;
    isReading = true;
    const timeNs = journal.nowNs();
    const readings = (await Promise.all(sources.map((source) => source()))).flat();
    isReading = false;
    if (isStopped) return;
    journal.rows(
      tables.health,
      readings.map(({ metric, value }) => ({ timeNs, value, metric: journal.stringId(metric) })),
    );
  };
  let isStopped = false;
  const timer = setInterval(() => void tick(), intervalMs);
  return () => {
    isStopped = true;
    clearInterval(timer);
  };
}
