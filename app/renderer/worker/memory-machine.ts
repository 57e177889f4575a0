// What the memory feature knows about the machine: names, devices, processes and readings of RAM.

import { enums } from '../../../shared/model/enums';
import type { WindowColumnsOf, WindowPacket } from '../../../shared/window/columns';
import { deriveLedger, type LedgerReadings } from '../model/memory/ledger';
import { rowAfter, TimeSortedRows } from '../model/memory/time-sorted-rows';
import type { LedgerAt } from './memory-methods';

const READING_TYPES = { timeNs: 'f64', value: 'f64' } as const;
/** Metrics of probe/sources/memory.ts. */
const RAM_METRICS = {
  memory_total_bytes: 'totalBytes',
  memory_free_bytes: 'freeBytes',
  memory_cached_bytes: 'cachedBytes',
} as const satisfies Record<string, keyof LedgerReadings>;
type RamReading = (typeof RAM_METRICS)[keyof typeof RAM_METRICS];

/** The driver's idea of all RAM and the system's differ by what the kernel keeps for itself. */
const SAME_RAM_RATIO = 0.01;

interface Device {
  readonly name: string;
  readonly kind: number;
  readonly memoryBytes: number;
}

interface Process {
  readonly pid: number;
  exitedNs: number | undefined;
}

export class MemoryMachine {
  private readonly strings = new Map<number, Map<number, string>>();
  private readonly devices = new Map<string, Device>();
  /** Sources that are processes. */
  private readonly processes = new Map<number, Process>();
  private readonly exits = new Map<number, number>();
  private readonly readings: Record<RamReading, TimeSortedRows<typeof READING_TYPES>> = {
    totalBytes: new TimeSortedRows(READING_TYPES),
    freeBytes: new TimeSortedRows(READING_TYPES),
    cachedBytes: new TimeSortedRows(READING_TYPES),
  };
  /** Of the newest reading. */
  newestNs = Number.NEGATIVE_INFINITY;

  append({ table, source, rowCount, columns }: WindowPacket): void {
    if (table === 'string') this.addStrings(source, rowCount, columns);
    else if (table === 'device') this.addDevices(source, rowCount, columns);
    else if (table === 'process') this.addProcesses(source, rowCount, columns);
    else if (table === 'health') this.addReadings(source, rowCount, columns);
  }

  /** undefined for the empty string and for one that has not come. */
  textOf(source: number, id: number | undefined): string | undefined {
    return id === undefined ? undefined : this.strings.get(source)?.get(id);
  }

  /** Numbers under which this source knows a text. */
  idsOf(source: number, text: string): number[] {
    return [...(this.strings.get(source) ?? [])].flatMap(([id, each]) => (each === text ? [id] : []));
  }

  device(source: number, device: number): Device | undefined {
    return this.devices.get(`${source} ${device}`);
  }

  pidOf(source: number): number | undefined {
    return this.processes.get(source)?.pid;
  }

  /** When the process of this source ended; undefined while it runs or nobody knows. */
  exitedNs(source: number): number | undefined {
    const process = this.processes.get(source);
    return process && (process.exitedNs ?? this.exits.get(process.pid));
  }

  /** RAM at its last reading until timeNs. */
  ramBytes(reading: RamReading, timeNs: number): number | undefined {
    return this.readingAt(reading, timeNs)?.value;
  }

  /** @param cudaBytes live in the log; undefined when memory was not traced */
  ledgerAt(timeNs: number, cudaBytes: number | undefined): LedgerAt {
    const total = this.readingAt('totalBytes', timeNs);
    const ledger = deriveLedger({
      totalBytes: total?.value,
      freeBytes: this.ramBytes('freeBytes', timeNs),
      cachedBytes: this.ramBytes('cachedBytes', timeNs),
      cudaBytes,
    });
    return { ...ledger, isUnified: this.isUnified(total?.value), readNs: total?.timeNs };
  }

  // A device that has as much memory as there is RAM has that RAM. Allocations of a CPU device are in RAM as well.
  private isUnified(ramBytes: number | undefined): boolean | undefined {
    if (ramBytes === undefined || this.devices.size === 0) return undefined;
    return [...this.devices.values()].every(({ kind, memoryBytes }) => {
      return kind === enums.deviceKind.cpu || Math.abs(memoryBytes - ramBytes) <= ramBytes * SAME_RAM_RATIO;
    });
  }

  private readingAt(reading: RamReading, timeNs: number): { timeNs: number; value: number } | undefined {
    const rows = this.readings[reading];
    rows.settle();
    const row = rowAfter(rows.columns.timeNs, rows.rowCount, timeNs) - 1;
    return row < 0 ? undefined : { timeNs: rows.columns.timeNs[row], value: rows.columns.value[row] };
  }

  private addStrings(source: number, rowCount: number, { id, text }: WindowColumnsOf<'string'>): void {
    const strings = this.strings.get(source) ?? new Map<number, string>();
    this.strings.set(source, strings);
    for (let row = 0; row < rowCount; row++) strings.set(id[row], text[row]);
  }

  private addDevices(source: number, rowCount: number, columns: WindowColumnsOf<'device'>): void {
    for (let row = 0; row < rowCount; row++) {
      this.devices.set(`${source} ${columns.device[row]}`, {
        name: columns.name[row],
        kind: columns.kind[row],
        memoryBytes: columns.memoryBytes[row],
      });
    }
  }

  // The probe (source 0) tells when a process it started has ended, a source when it ends itself.
  private addProcesses(source: number, rowCount: number, columns: WindowColumnsOf<'process'>): void {
    for (let row = 0; row < rowCount; row++) {
      const isExit = columns.event[row] === enums.processEvent.exited;
      const process = this.processes.get(source);
      if (source === 0) {
        if (isExit) this.exits.set(columns.pid[row], columns.timeNs[row]);
      } else if (!process) {
        const exitedNs = isExit ? columns.timeNs[row] : undefined;
        this.processes.set(source, { pid: columns.pid[row], exitedNs });
      } else if (isExit) process.exitedNs = columns.timeNs[row];
    }
  }

  private addReadings(source: number, rowCount: number, columns: WindowColumnsOf<'health'>): void {
    for (let row = 0; row < rowCount; row++) {
      const metric = this.textOf(source, columns.metric[row]) ?? '';
      this.newestNs = Math.max(this.newestNs, columns.timeNs[row]);
      if (!Object.hasOwn(RAM_METRICS, metric)) continue;
      const rows = this.readings[RAM_METRICS[metric as keyof typeof RAM_METRICS]];
      const at = rows.add(1);
      rows.columns.timeNs[at] = columns.timeNs[row];
      rows.columns.value[at] = columns.value[row];
    }
  }
}
