// The question for the durations of one kernel. A timer has few distinct values, so the answer is each duration once and how often it
// occurred: exact, and small for millions of launches.

import type { WindowTable } from '../../../../shared/window/methods';
import type { TimeRange } from '../../state/session-store';

/** A kernel as the reports name it: with [CPU] behind the name of one that ran on the CPU device. */
export interface KernelChoice {
  readonly name: string;
  /** Only launches of this shape, as the report by grid and block writes it. */
  readonly launch?: { readonly grid: string; readonly block: string };
}

/** Durations and how often each occurred; once when counts are not given. */
export interface KernelDurations {
  readonly durationsNs: ArrayLike<number>;
  readonly counts?: ArrayLike<number>;
}

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

const XYZ = /^\s*(\d+)\s+(\d+)\s+(\d+)\s*$/;

function shapeSql(prefix: 'grid' | 'block', text: string): string {
  const [, x, y, z] = XYZ.exec(text) ?? [];
  return x === undefined ? '' : ` AND ${prefix}X = ${x} AND ${prefix}Y = ${y} AND ${prefix}Z = ${z}`;
}

/** SQL for session/query: durationNs ascending and its count, of the launches that begin in [fromNs, toNs). */
export function kernelDurationsSql({ name, launch }: KernelChoice, range: TimeRange | undefined): string {
  const inRange = range ? ` AND startNs >= ${range.fromNs} AND startNs < ${range.toNs}` : '';
  const ofShape = launch ? shapeSql('grid', launch.grid) + shapeSql('block', launch.block) : '';
  // The name is looked up among the few different kernels, so that no text is compared for each launch.
  return `WITH kinds AS (
  SELECT DISTINCT source, device, name FROM kernel
), wanted AS (
  SELECT kinds.source, kinds.device, kinds.name FROM kinds
  LEFT JOIN name ON name.source = kinds.source AND name.id = kinds.name
  LEFT JOIN (SELECT DISTINCT source, device, kind FROM device) device ON device.source = kinds.source AND device.device = kinds.device
  WHERE coalesce(name.text, 'name ' || kinds.name) || CASE WHEN device.kind = 2 THEN ' [CPU]' ELSE '' END = ${quoted(name)}
)
SELECT durationNs AS "Duration (ns)", count(*) AS "Count"
FROM kernel SEMI JOIN wanted USING (source, device, name)
WHERE durationNs >= 0${inRange}${ofShape}
GROUP BY durationNs ORDER BY durationNs`;
}

/** The answer to kernelDurationsSql as columns. */
export function durationsOf({ rows }: WindowTable): KernelDurations {
  return {
    durationsNs: Float64Array.from(rows, ([durationNs]) => Number(durationNs)),
    counts: Float64Array.from(rows, ([, count]) => Number(count)),
  };
}
