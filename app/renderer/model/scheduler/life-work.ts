// What a request's batch put onto the device: its kernels and copies by CUDA stream, by external correlation (app/host/session/views.sql), beside
// what the same kernel usually takes; or why nothing is known.

import { copyWords, enums } from '../../../../shared/model/enums';
import type { WindowTable } from '../../../../shared/window/methods';
import type { RequestRef } from './misses';
import { type Reading, readingsOf } from './records';

export interface Work {
  readonly table: 'kernel' | 'memcpy' | 'memset';
  /** Readable and whole. */
  readonly name: string;
  /** nsys's short form. */
  readonly base: string;
  readonly startNs: number;
  readonly endNs: number;
  /** -1 when it could not be timed. */
  readonly durationNs: number;
  /** The source that wrote it: the collector's, in the process of the batch. */
  readonly source: number;
  readonly correlation: number;
  /** Of a copy: a value of enum copyDirection; else 0. */
  readonly direction: number;
  readonly bytes: number;
}

export interface WorkLane {
  readonly label: string;
  /** By start. */
  readonly work: readonly Work[];
}

export interface SlowKernel {
  readonly kernel: Work;
  /** Median of the same kernel at the same place of other batches; undefined when there are too few. */
  readonly usualNs: number | undefined;
  readonly batchCount: number;
}

export interface LifeWork {
  /** One a stream of the device. */
  readonly lanes: readonly WorkLane[];
  readonly kernelCount: number;
  readonly copyCount: number;
  /** Sum of its kernels. */
  readonly deviceNs: number;
  /** Between the first kernel's begin and the last one's end, while none of them ran. */
  readonly idleNs: number;
  /** The one that is furthest above what it usually takes; the longest where that is not known. */
  readonly slowest: SlowKernel | undefined;
  /** Why there is none, as a sentence; '' where there is some. */
  readonly absence: string;
}

const WORK_MAX = 20_000;
const PEERS_MAX = 100;
/** A median of fewer says little. */
const PEERS_MIN = 3;

export interface WorkQuestions {
  readonly work: string;
  readonly usual: string;
  readonly links: string;
}

/** What to ask about the batch of one request. */
export function workSql({ source, request }: RequestRef): WorkQuestions {
  const own = `(SELECT b.* FROM batch b JOIN request r ON r.source = b.source AND r.batch = b.batch
    WHERE r.source = ${source} AND r.request = ${request} AND r.batch <> 0 LIMIT 1)`;
  const place = `row_number() OVER (PARTITION BY w.source, w.batch ORDER BY w.startNs, w.correlation, w.graphNode)`;
  return {
    work: `SELECT w.*, n.text, n.base, (SELECT max(d.kind) FROM device d WHERE d.source = w.callSource AND d.device = w.device) AS deviceKind
      FROM (
        SELECT k.* FROM ${own} AS own JOIN batch_kernel k ON k.source = own.source AND k.batch = own.batch
        UNION ALL SELECT c.* FROM ${own} AS own JOIN batch_copy c ON c.source = own.source AND c.batch = own.batch
      ) AS w LEFT JOIN name n ON n.source = w.callSource AND n.id = w.nameId AND w.kind = 'kernel'
      ORDER BY w.startNs, w.correlation, w.graphNode LIMIT ${WORK_MAX}`,
    usual: `WITH own AS ${own}, peers AS (
        SELECT b.source, b.batch FROM batch b JOIN own ON b.source = own.source AND b.model = own.model AND b.version = own.version
          AND b.requestCount = own.requestCount AND b.engine = own.engine AND b.isOk = 1 AND b.batch <> own.batch
        ORDER BY abs(b.startNs - own.startNs) LIMIT ${PEERS_MAX}
      ), placed AS (
        SELECT w.nameId, w.durationNs, ${place} AS place
        FROM peers JOIN batch_kernel w ON w.source = peers.source AND w.batch = peers.batch
      )
      SELECT place, nameId, median(durationNs) AS usualNs, count(*) AS batches FROM placed WHERE durationNs >= 0 GROUP BY place, nameId`,
    links: `WITH own AS (SELECT source FROM request WHERE source = ${source} AND request = ${request} LIMIT 1), pids AS (
        SELECT DISTINCT pid FROM process WHERE source = ${source}
      ), others AS (
        SELECT source FROM own UNION SELECT source FROM process WHERE source > 0 AND pid IN (SELECT pid FROM pids)
      )
      SELECT (SELECT count(*) FROM others) AS sources,
        (SELECT count(*) FROM kernel SEMI JOIN others USING (source)) AS kernels,
        (SELECT count(*) FROM external SEMI JOIN others USING (source)) AS externals`,
  };
}

export type WorkAnswers = Readonly<Record<keyof WorkQuestions, WindowTable | undefined>>;

function workOf(row: Reading): Work {
  const table = row.text('kind') as Work['table'];
  const direction = row.number('direction') || 0;
  const durationNs = row.number('durationNs');
  const startNs = row.number('startNs');
  const copyName = table === 'memcpy' ? `Memcpy ${copyWords(direction)}` : 'Memset';
  return {
    ...{ table, direction, durationNs, startNs, endNs: startNs + Math.max(0, durationNs) },
    name: table === 'kernel' ? row.text('text') : copyName,
    base: table === 'kernel' ? row.text('base') : copyName,
    source: row.number('callSource'),
    correlation: row.number('correlation'),
    bytes: row.number('bytes') || 0,
  };
}

function lanesOf(rows: readonly Reading[], work: readonly Work[]): WorkLane[] {
  const lanes = new Map<string, { label: string; stream: number; work: Work[] }>();
  rows.forEach((row, index) => {
    const [context, stream] = [row.number('context'), row.number('stream')];
    const key = `${row.number('callSource')} ${context} ${stream}`;
    const device = row.number('deviceKind') === enums.deviceKind.cpu ? 'CPU device' : 'CUDA';
    const lane = lanes.get(key) ?? { label: `${device} stream ${stream}`, stream, work: [] };
    lane.work.push(work[index]);
    lanes.set(key, lane);
  });
  return [...lanes.values()].sort((left, right) => left.stream - right.stream);
}

/** Time within [first begin, last end] that no kernel covers. `kernels` by start. */
function idleOf(kernels: readonly Work[]): number {
  let idleNs = 0;
  let coveredNs = kernels[0]?.startNs ?? 0;
  for (const { startNs, endNs } of kernels) {
    idleNs += Math.max(0, startNs - coveredNs);
    coveredNs = Math.max(coveredNs, endNs);
  }
  return idleNs;
}

function slowestOf(rows: readonly Reading[], work: readonly Work[], usual: readonly Reading[]): SlowKernel | undefined {
  const keyOf = (row: Reading, place: number) => `${place} ${row.number('nameId')}`;
  const usualOf = new Map(usual.map((row) => [keyOf(row, row.number('place')), row] as const));
  let place = 0;
  const all = rows.flatMap((row, index): SlowKernel[] => {
    if (work[index].table !== 'kernel') return [];
    place += 1;
    const found = usualOf.get(keyOf(row, place));
    const batchCount = found?.number('batches') ?? 0;
    const usualNs = batchCount >= PEERS_MIN ? found?.number('usualNs') : undefined;
    return [{ kernel: work[index], usualNs, batchCount }];
  });
  const known = all.filter(({ usualNs }) => usualNs !== undefined);
  const excessOf = ({ kernel, usualNs = 0 }: SlowKernel) => kernel.durationNs - usualNs;
  return (known.length > 0 ? known : all).reduce<SlowKernel | undefined>(
    (most, each) => (most && excessOf(most) >= excessOf(each) ? most : each),
    undefined,
  );
}

function absenceOf(links: Reading | undefined, hasBatch: boolean): string {
  if (!hasBatch) return 'It ran in no batch, so there are no kernels.';
  const count = (name: string) => links?.number(name) || 0;
  if (count('externals') > 0) {
    return 'No CUDA call of this batch was recorded: its engine makes none, or recording calls was off while it ran.';
  }
  if (count('kernels') > 0) {
    return 'The kernels of this process are not linked to batches: its CUDA calls were not recorded, or its CUPTI cannot mark them.';
  }
  return count('sources') > 1
    ? 'Its engine made no CUDA calls here, so there are no kernels: it computes on the CPU, as ONNX Runtime does without CUDA.'
    : 'No kernels of this process were recorded: its engine computes on the CPU, as ONNX Runtime does without CUDA, or the collector is not in it.';
}

/** The answers of workSql; `hasBatch` says whether the request ran in one. */
export function lifeWorkOf(answers: WorkAnswers, hasBatch: boolean): LifeWork {
  const rows = readingsOf(answers.work);
  const work = rows.map(workOf);
  const kernels = work.filter(({ table }) => table === 'kernel');
  return {
    lanes: lanesOf(rows, work),
    kernelCount: kernels.length,
    copyCount: work.length - kernels.length,
    deviceNs: kernels.reduce((sum, { durationNs }) => sum + Math.max(0, durationNs), 0),
    idleNs: idleOf(kernels),
    slowest: slowestOf(rows, work, readingsOf(answers.usual)),
    absence: work.length > 0 ? '' : absenceOf(readingsOf(answers.links)[0], hasBatch),
  };
}

export interface WorkBox {
  readonly fromPx: number;
  readonly toPx: number;
  /** The longest of those that it stands for. */
  readonly longest: Work;
  readonly count: number;
}

/** What is drawn of a lane: work that would share its pixels with what stands before it joins that, so that a box has a pixel at least. */
export function workBoxes(work: readonly Work[], pxOf: (timeNs: number) => number): WorkBox[] {
  const boxes: WorkBox[] = [];
  for (const each of work) {
    const last = boxes.at(-1);
    const [fromPx, endPx] = [pxOf(each.startNs), pxOf(each.endNs)];
    if (last && endPx <= Math.ceil(last.toPx)) {
      const longest = each.durationNs > last.longest.durationNs ? each : last.longest;
      boxes[boxes.length - 1] = { ...last, toPx: Math.max(last.toPx, endPx), longest, count: last.count + 1 };
    } else {
      const beginPx = last ? Math.max(fromPx, last.toPx) : fromPx;
      boxes.push({ fromPx: beginPx, toPx: Math.max(endPx, beginPx + 1), longest: each, count: 1 });
    }
  }
  return boxes;
}
