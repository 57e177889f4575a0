// Requests that missed their deadline, with why; also as a table of the panel and as marks of the timeline.

import type { Mark, WindowTable } from '../../../../shared/window/methods';
import { lateWords, reasonWords } from './causes';
import type { Range } from './range';
import { readingsOf } from './records';

/** Which request, in which runner. */
export interface RequestRef {
  readonly source: number;
  readonly request: number;
}

export interface Miss extends RequestRef {
  readonly model: string;
  readonly priority: number;
  readonly arrivalNs: number;
  readonly completionNs: number;
  /** After the deadline; below 0 for one that was rejected before it. */
  readonly lateNs: number;
  readonly hasResult: boolean;
  readonly words: string;
}

export const MISSES_MAX = 500;

/** The newest first. */
export function missesSql({ fromNs, toNs }: Range): string {
  return `WITH cause AS MATERIALIZED (SELECT * FROM late_cause)
    SELECT r.source, r.request, r.model, r.priority, r.arrivalNs, r.completionNs, r.dispatchNs, r.batchWaitNs,
    r.completionNs - r.deadlineNs AS lateNs, r.outcome, r.reason, c.cause, d.queuedNs, d.serviceNs,
    d.batch AS behindBatch, d.other AS behindModel, b.predictedNs
    FROM request r LEFT JOIN decision d ON d.source = r.source AND d.request = r.request AND d.kind = 'late'
    LEFT JOIN cause c ON c.source = r.source AND c.request = r.request
    LEFT JOIN batch b ON b.source = r.source AND b.batch = nullif(r.batch, 0)
    WHERE r.deadlineNs >= 0 AND (r.outcome > 2 OR r.completionNs > r.deadlineNs)
      AND r.completionNs >= ${fromNs} AND r.completionNs < ${toNs}
    ORDER BY r.completionNs DESC LIMIT ${MISSES_MAX}`;
}

export function missesOf(table: WindowTable | undefined): Miss[] {
  return readingsOf(table).map((row) => {
    const hasResult = row.number('outcome') <= 2;
    const words = hasResult
      ? lateWords({
          cause: row.text('cause'),
          queuedNs: row.number('queuedNs'),
          batchWaitNs: row.number('batchWaitNs'),
          serviceNs: row.number('serviceNs'),
          predictedNs: row.number('predictedNs'),
          behindBatch: row.number('behindBatch') || 0,
          behindModel: row.text('behindModel'),
        })
      : reasonWords(row.text('reason'));
    return {
      source: row.number('source'),
      request: row.number('request'),
      model: row.text('model'),
      priority: row.number('priority'),
      arrivalNs: row.number('arrivalNs'),
      completionNs: row.number('completionNs'),
      lateNs: row.number('lateNs'),
      hasResult,
      words,
    };
  });
}

/** As the window's tables show it; requestOfCells tells which request a row is about. Runners are told apart where there are several. */
export function missTable(misses: readonly Miss[]): WindowTable {
  const hasSources = new Set(misses.map(({ source }) => source)).size > 1;
  return {
    columns: [
      { name: 'Request', isText: false },
      { name: 'At (ns)', isText: false },
      ...(hasSources ? [{ name: 'Source', isText: false }] : []),
      { name: 'Model', isText: true },
      { name: 'Priority', isText: false },
      { name: 'Late by (ns)', isText: false },
      { name: 'Why', isText: true },
    ],
    rows: misses.map(({ source, request, model, priority, completionNs, lateNs, hasResult, words }) => [
      request,
      completionNs,
      ...(hasSources ? [source] : []),
      model,
      priority,
      hasResult ? lateNs : null,
      words,
    ]),
  };
}

/** The request that a row of missTable is about; undefined for a row of other misses. */
export function requestOfCells(cells: readonly unknown[], misses: readonly Miss[]): RequestRef | undefined {
  const [request, completionNs] = cells;
  const miss = misses.find((each) => each.request === request && each.completionNs === completionNs);
  return miss && { source: miss.source, request: miss.request };
}

/** Sets marks of misses apart from those that a person made. */
const MARK_PREFIX = 'Missed: ';
/** Of the colour that errors have. */
const MARK_COLOR = 0xe5635b;

export const isMissMark = ({ text }: Mark) => text.startsWith(MARK_PREFIX);

/**
 * A mark at each deadline that was missed, with ids above those in use, instead of the marks of misses that were there. Requests of a
 * model with one deadline share a mark: a batch that is late misses several at once.
 */
export function withMissMarks(marks: readonly Mark[], misses: readonly Miss[]): Mark[] {
  const own = marks.filter((mark) => !isMissMark(mark));
  const idBefore = Math.max(0, ...own.map(({ id }) => id));
  const byDeadline = new Map<string, Miss[]>();
  for (const miss of misses) {
    const key = `${miss.model} ${deadlineOf(miss)}`;
    byDeadline.set(key, [...(byDeadline.get(key) ?? []), miss]);
  }
  const made = [...byDeadline.values()].map((together, index) => {
    const [{ model, request }] = together;
    const which = together.length > 1 ? `${model} × ${together.length}` : `${model} ${request}`;
    const atNs = deadlineOf(together[0]);
    return { id: idBefore + 1 + index, fromNs: atNs, toNs: atNs, text: `${MARK_PREFIX}${which}`, color: MARK_COLOR };
  });
  return [...own, ...made];
}

const deadlineOf = ({ completionNs, lateNs }: Miss) => completionNs - lateNs;
