// Which NVTX range a thread was in at a moment. Each range knows the one it was begun in, so that looking up is one search and a walk
// outwards:
//
//   step     |------------------|
//   infer        |------|
//   copy           |-|              at t: copy has ended, its outer range infer contains t
//                      t

import { enums } from '../../../../shared/model/enums';
import type { WindowColumnsOf } from '../../../../shared/window/columns';
import type { TimeRange } from './moments';
import { rowAfter, TimeSortedRows } from './time-sorted-rows';

const RANGE_TYPES = { timeNs: 'f64', endNs: 'f64', name: 'u32', outer: 'u32' } as const;
const NO_OUTER = 0xffffffff;

class RangesOfThread {
  private readonly rows = new TimeSortedRows(RANGE_TYPES);

  add(startNs: number, durationNs: number, name: number): void {
    const row = this.rows.add(1);
    const { columns } = this.rows;
    columns.timeNs[row] = startNs;
    columns.endNs[row] = durationNs < 0 ? Number.POSITIVE_INFINITY : startNs + durationNs;
    columns.name[row] = name;
  }

  find(timeNs: number): number | undefined {
    this.settle();
    const { columns, rowCount } = this.rows;
    const before = rowAfter(columns.timeNs, rowCount, timeNs);
    const found = this.openAt(before === 0 ? NO_OUTER : before - 1, timeNs);
    return found === NO_OUTER ? undefined : columns.name[found];
  }

  addTimes(name: number, into: TimeRange[]): void {
    const { columns, rowCount } = this.rows;
    for (let row = 0; row < rowCount; row++) {
      if (columns.name[row] === name) into.push({ fromNs: columns.timeNs[row], toNs: columns.endNs[row] });
    }
  }

  // Ranges of start and end need not nest; those that ended before a range began are passed over, so the walk still finds every open one.
  private settle(): void {
    const { columns } = this.rows;
    for (let row = this.rows.settle(); row < this.rows.rowCount; row++) {
      columns.outer[row] = this.openAt(row === 0 ? NO_OUTER : row - 1, columns.timeNs[row]);
    }
  }

  /** The first range from `row` outwards that has not ended. */
  private openAt(row: number, timeNs: number): number {
    const { endNs, outer } = this.rows.columns;
    let at = row;
    while (at !== NO_OUTER && endNs[at] <= timeNs) at = outer[at];
    return at;
  }
}

export class RangeIndex {
  private readonly byThread = new Map<string, { readonly source: number; readonly ranges: RangesOfThread }>();
  private readonly countOfName = new Map<number, Map<number, number>>();

  append(source: number, rowCount: number, columns: WindowColumnsOf<'range'>): void {
    const counts = this.countOfName.get(source) ?? new Map<number, number>();
    this.countOfName.set(source, counts);
    for (let row = 0; row < rowCount; row++) {
      if (columns.kind[row] === enums.rangeKind.mark) continue;
      this.of(source, columns.thread[row]).add(columns.startNs[row], columns.durationNs[row], columns.name[row]);
      counts.set(columns.name[row], (counts.get(columns.name[row]) ?? 0) + 1);
    }
  }

  /** Name (string of the source) of the innermost range that `thread` was in; undefined when it was in none. */
  find(source: number, thread: number, timeNs: number): number | undefined {
    return this.byThread.get(`${source} ${thread}`)?.ranges.find(timeNs);
  }

  /** Names by source, with the number of ranges that have it. */
  get names(): ReadonlyMap<number, ReadonlyMap<number, number>> {
    return this.countOfName;
  }

  /** When ranges of this name were open, on any thread of the source. */
  timesOf(source: number, name: number): TimeRange[] {
    const times: TimeRange[] = [];
    for (const each of this.byThread.values()) if (each.source === source) each.ranges.addTimes(name, times);
    return times;
  }

  private of(source: number, thread: number): RangesOfThread {
    const key = `${source} ${thread}`;
    let found = this.byThread.get(key);
    if (!found) {
      found = { source, ranges: new RangesOfThread() };
      this.byThread.set(key, found);
    }
    return found.ranges;
  }
}
