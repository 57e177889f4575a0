// One request's life, its cause in words, and the list of misses, from drawn rows through the SQL of the panel.

import { describe, expect, test } from 'vitest';
import { windowTableOf } from '../../../../app/host/window/window-table';
import { lateWords, reasonWords } from '../../../../app/renderer/model/scheduler/causes';
import { type Life, type LifeAnswers, lifeOf, lifeSql } from '../../../../app/renderer/model/scheduler/life';
import {
  isMissMark,
  missesOf,
  missesSql,
  missTable,
  requestOfCells,
  withMissMarks,
} from '../../../../app/renderer/model/scheduler/misses';
import { enums } from '../../../../shared/model/enums';
import { type withSession as WithSession, withSession } from '../../session/recording';
import { batchRow, MS, requestRow } from './rows';

// ms          0        10       20    24   30      38  40
// stream 0    |caption 10──────────────|7        |  |detect 11 (7 and its mate 8)|
// stream 1       |track 12|  |track 13|
// request 7   arrived 2 ─── queued ─── 20 wait 24 ▶ 24.5 engine 38, answered 38.5, deadline 35
const ROWS: Parameters<typeof WithSession>[0] = {
  request: [
    requestRow(7, [2, 24, 38.5, 35], { batch: 11, batchWaitNs: 4 * MS, parent: 90, stage: 0 }),
    requestRow(8, [20, 24, 38.5, 60], { batch: 11, parent: 91 }),
    requestRow(9, [39, 40, 45, 60], { batch: 14, parent: 90, stage: 1, model: 'classify' }),
    requestRow(10, [3, -1, 12, 40], { outcome: enums.requestOutcome.rejected, reason: 'queue-full' }),
  ],
  batch: [
    batchRow(10, 'caption', 0, [0, 20]),
    batchRow(11, 'detect', 0, [24.5, 38], { requestCount: 2 }),
    batchRow(12, 'track', 1, [3, 9]),
    batchRow(13, 'track', 1, [11, 19]),
    batchRow(15, 'track', 1, [400, 419]),
  ],
  decision: [
    {
      ...{ timeNs: 38.5 * MS, request: 7, kind: 'late', because: 'queued-behind', valueNs: 3.5 * MS },
      ...{ batch: 10, other: 'caption', queuedNs: 18 * MS, serviceNs: 14.5 * MS },
    },
  ],
};

type Session = Parameters<Parameters<typeof withSession>[1]>[0];
const ask = async ({ store }: Session, sql: string) => windowTableOf(await store.query(sql));

async function lifeIn(session: Session, request: number): Promise<Life | undefined> {
  const questions = lifeSql({ source: 1, request });
  const answers = Object.entries<string>({ ...questions }).map(
    async ([name, sql]) => [name, await ask(session, sql)] as const,
  );
  return lifeOf(Object.fromEntries(await Promise.all(answers)) as LifeAnswers);
}

describe('a life', () => {
  test('its parts in order, who held its stream, its mates, and why it was late', async () => {
    await withSession(ROWS, async (session) => {
      const life = (await lifeIn(session, 7)) as Life;
      expect(life.phases.map(({ kind, fromNs, toNs }) => [kind, fromNs / MS, toNs / MS])).toEqual([
        ['queued', 2, 20],
        ['batchWait', 20, 24],
        ['handedOver', 24, 24.5],
        ['engine', 24.5, 38],
        ['answer', 38, 38.5],
      ]);
      expect(life.blockers).toEqual([{ model: 'caption', stream: 0, batchCount: 1, heldNs: 18 * MS, batch: 10 }]);
      expect(life.batches.map(({ batch, role }) => [batch.stream, batch.batch, role])).toEqual([
        [0, 10, 'blocker'],
        [0, 11, 'own'],
        [1, 12, 'other'],
        [1, 13, 'other'],
      ]);
      expect(life.mates.map(({ request, isLate }) => [request, isLate])).toEqual([[8, false]]);
      expect(life.kin.map(({ request, stage }) => [request, stage])).toEqual([[9, 1]]);
      expect(life.isMissed).toBe(true);
      expect(life.sentence).toBe(
        'Answered after 36.50 ms, 3.500 ms late. Queued 18.00 ms, last behind caption (batch 10).',
      );
    });
  });

  test('of a request that was in time, one that was rejected, and one that is not there', async () => {
    await withSession(ROWS, async (session) => {
      expect((await lifeIn(session, 8))?.sentence).toBe('Answered after 18.50 ms, 21.50 ms before its deadline.');
      const rejected = (await lifeIn(session, 10)) as Life;
      expect(rejected.sentence).toBe('Rejected: the queue of its priority was full.');
      expect(rejected.phases.map(({ kind, toNs }) => [kind, toNs / MS])).toEqual([['queued', 12]]);
      // It never got a stream: whatever ran is what it waited for, the longest first.
      expect(rejected.blockers.map(({ model, heldNs }) => [model, heldNs / MS])).toEqual([
        ['caption', 9],
        ['track', 7],
      ]);
      expect(await lifeIn(session, 99)).toBe(undefined);
    });
  });
});

test('causes in words', () => {
  const late = {
    queuedNs: 2 * MS,
    batchWaitNs: MS,
    serviceNs: 9 * MS,
    predictedNs: 4 * MS,
    behindBatch: 0,
    behindModel: '',
  };
  const words = (cause: string) => lateWords({ ...late, cause });
  expect(words('queued-behind')).toBe('Queued 2.000 ms behind other requests.');
  expect(words('batch-wait')).toBe('Waited 1.000 ms for its batch to fill while a stream was free.');
  expect(words('slow-kernel')).toBe('The engine took 9.000 ms, 4.000 ms was expected: slow kernels.');
  expect(words('throttled')).toContain('the board throttled');
  expect(words('slow-host')).toContain('its kernels took as long as always');
  expect(words('allocation-in-hot-path')).toContain('memory was allocated');
  expect(words('')).toBe('The row that says why was lost.');
  expect(reasonWords('admission')).toBe('Rejected: it could not have met its deadline.');
  expect(reasonWords('of a later version')).toBe('It has no result: of a later version.');
});

test('misses: the newest first, each with its cause; rows lead back to the request; marks replace those of before', async () => {
  await withSession(ROWS, async (session) => {
    const misses = missesOf(await ask(session, missesSql({ fromNs: 0, toNs: 100 * MS })));
    expect(misses.map(({ request, words }) => [request, words])).toEqual([
      [7, 'Queued 18.00 ms, last behind caption (batch 10).'],
      [10, 'Rejected: the queue of its priority was full.'],
    ]);
    const [first] = missTable(misses).rows;
    expect(requestOfCells(first, misses)).toEqual({ source: 1, request: 7 });
    const own = { id: 4, fromNs: 1, toNs: 2, text: 'mine' };
    const once = withMissMarks([own], misses);
    const twice = withMissMarks(once, misses.slice(0, 1));
    expect(once.map(({ id }) => id)).toEqual([4, 5, 6]);
    expect(twice.map((mark) => [mark.fromNs, isMissMark(mark)])).toEqual([
      [1, false],
      [35 * MS, true],
    ]);
    const [late] = misses;
    const together = withMissMarks([], [late, { ...late, request: 8 }, { ...late, request: 9, model: 'caption' }]);
    expect(together.map(({ fromNs, toNs, text }) => [fromNs, toNs, text])).toEqual([
      [35 * MS, 35 * MS, 'Missed: detect × 2'],
      [35 * MS, 35 * MS, 'Missed: caption 9'],
    ]);
  });
});
