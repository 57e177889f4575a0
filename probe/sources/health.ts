// Reads all sources at a steady pace and writes one packet of `health` rows a round. A round that takes longer than the pace makes
// the next one late, never two at once.

import type { enums } from '../../shared/model/enums';
import { tables } from '../../shared/wire/tables';
import type { OwnRows } from '../daemon/own-rows';
import { cpuSource } from './cpu';
import { gpuSource } from './gpu';
import { hwmonSource } from './hwmon';
import { memorySource } from './memory';
import { ownCostSource } from './own-cost';
import type { Source } from './source';
import { thermalSource } from './thermal';

export const HEALTH_MS = 100;
/** More sensors than any board has; what is beyond is left out, and said once. */
const METRIC_COUNT_MAX = 2000;

/** Every source, reading below `root` ('/' but in tests). */
export function allSources(root: string): Source[] {
  return [
    cpuSource(root),
    memorySource(root),
    ownCostSource(),
    thermalSource(root),
    hwmonSource(root),
    gpuSource(root),
  ];
}

export class Health {
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> | undefined;
  private hasWarned = false;

  constructor(
    private readonly sources: readonly Source[],
    private readonly own: OwnRows,
    private readonly everyMs: number,
  ) {}

  start(): void {
    this.timer = setInterval(() => {
      this.round ??= this.readAll().finally(() => {
        this.round = undefined;
      });
    }, this.everyMs);
  }

  private async readAll(): Promise<void> {
    const rows = [];
    for (const source of this.sources) {
      for (const { metric, value } of await source.read()) {
        rows.push({ timeNs: this.own.nowNs(), value, metric: this.own.stringId(metric) });
      }
    }
    if (rows.length > METRIC_COUNT_MAX && !this.hasWarned) this.warn(rows.length);
    this.own.append(tables.health, rows.slice(0, METRIC_COUNT_MAX));
  }

  private warn(count: number): void {
    this.hasWarned = true;
    this.own.tell({
      severity: 'warning' satisfies keyof typeof enums.severity,
      code: 'tooManySensors',
      sentence: `This machine has ${count} sensors; only the first ${METRIC_COUNT_MAX} are recorded.`,
      remedy: '',
    });
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.round;
  }
}
