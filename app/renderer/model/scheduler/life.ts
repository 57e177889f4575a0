// The whole life of one request: what it waited for, which batches held the stream meanwhile, with whom it ran, and what came of it.
//
//   request   │ queued ▒▒▒▒▒▒▒ │ batch wait ░░ │ engine ████ │
//   stream 0  │ detector ■■■■■■■■■■■■■ (blocked it) │ own ████ │
//   stream 1  │ classifier ■■■  ■■■
//   CUDA 7    │                          │ ▪▪▪▪▪▪▪▪▪▪ its kernels and copies (life-work.ts)
//             arrived                          dispatched    answered

import { enumWord } from '../../../../shared/model/enums';
import { formatNs } from '../../../../shared/units/format';
import type { WindowTable } from '../../../../shared/window/methods';
import { type Batch, batchesOf } from './batches';
import { lateWords, reasonWords } from './causes';
import { type LifeWork, lifeWorkOf, type WorkQuestions, workSql } from './life-work';
import type { RequestRef } from './misses';
import type { Range } from './range';
import { type Reading, readingsOf } from './records';

export type PhaseKind = 'queued' | 'batchWait' | 'handedOver' | 'engine' | 'answer';

export interface Phase {
  readonly kind: PhaseKind;
  readonly fromNs: number;
  readonly toNs: number;
}

export const PHASE_WORDS: Readonly<Record<PhaseKind, string>> = {
  queued: 'Queued behind others',
  batchWait: 'Waited for the batch to fill',
  handedOver: 'Given to the stream',
  engine: 'In the engine',
  answer: 'Answering',
};

export type BatchRole = 'own' | 'blocker' | 'other';

/** What held the stream while the request was queued, by model. */
export interface Blocker {
  readonly model: string;
  readonly stream: number;
  readonly batchCount: number;
  /** Of the time in which the request was queued. */
  readonly heldNs: number;
  /** Newest batch of it. */
  readonly batch: number;
}

export interface Mate extends RequestRef {
  readonly model: string;
  readonly priority: number;
  readonly arrivalNs: number;
  readonly completionNs: number;
  readonly isLate: boolean;
  readonly stage: number;
}

export interface Life extends RequestRef {
  readonly model: string;
  readonly version: string;
  readonly priority: number;
  readonly tier: number;
  readonly outcome: string;
  readonly batch: number;
  readonly arrivalNs: number;
  readonly dispatchNs: number;
  readonly completionNs: number;
  /** -1 when there was none. */
  readonly deadlineNs: number;
  readonly isMissed: boolean;
  /** What came of it, and why it was late when it was. */
  readonly sentence: string;
  /** In time order, none empty. */
  readonly phases: readonly Phase[];
  readonly ownBatch: Batch | undefined;
  /** Of the time around it, by stream and start. */
  readonly batches: readonly { readonly batch: Batch; readonly role: BatchRole }[];
  /** Those that held it longest first. */
  readonly blockers: readonly Blocker[];
  /** Others of its batch. */
  readonly mates: readonly Mate[];
  /** Other requests of the same run of a pipeline that were in other batches. */
  readonly kin: readonly Mate[];
  /** What its batch put onto the device. */
  readonly work: LifeWork;
  /** What is drawn: its life with some room on both sides. */
  readonly view: Range;
}

const BATCHES_AROUND_MAX = 400;
const MATES_MAX = 64;
const ROOM_RATIO = 0.12;

export interface LifeQuestions extends WorkQuestions {
  readonly request: string;
  readonly batches: string;
  readonly mates: string;
  readonly kin: string;
  readonly decisions: string;
}

/** What to ask for one request; the answers are for lifeOf. */
export function lifeSql({ source, request }: RequestRef): LifeQuestions {
  const me = `(SELECT * FROM request WHERE source = ${source} AND request = ${request} LIMIT 1)`;
  const others =
    'r.source, r.request, r.model, r.priority, r.arrivalNs, r.completionNs, r.deadlineNs, r.outcome, r.stage';
  return {
    request: `SELECT * FROM ${me}`,
    batches: `SELECT b.* FROM batch b, ${me} AS me WHERE b.source = me.source
      AND b.startNs <= me.completionNs + ${ROOM_RATIO} * (me.completionNs - me.arrivalNs)
      AND b.startNs + greatest(b.durationNs, 0) >= me.arrivalNs - ${ROOM_RATIO} * (me.completionNs - me.arrivalNs)
      ORDER BY b.startNs DESC LIMIT ${BATCHES_AROUND_MAX}`,
    mates: `SELECT ${others} FROM request r, ${me} AS me WHERE r.source = me.source AND me.batch <> 0
      AND r.batch = me.batch AND r.request <> me.request ORDER BY r.arrivalNs LIMIT ${MATES_MAX}`,
    kin: `SELECT ${others} FROM request r, ${me} AS me WHERE r.source = me.source AND me.parent <> 0
      AND r.parent = me.parent AND r.request <> me.request AND (r.batch <> me.batch OR me.batch = 0) ORDER BY r.stage, r.arrivalNs LIMIT ${MATES_MAX}`,
    decisions: `SELECT d.*, c.cause FROM decision d LEFT JOIN late_cause c ON d.kind = 'late' AND c.source = d.source AND c.request = d.request
      WHERE d.source = ${source} AND d.request = ${request} ORDER BY d.timeNs`,
    ...workSql({ source, request }),
  };
}

export type LifeAnswers = Readonly<Record<keyof LifeQuestions, WindowTable | undefined>>;

const mateOf = (row: Reading): Mate => ({
  source: row.number('source'),
  request: row.number('request'),
  model: row.text('model'),
  priority: row.number('priority'),
  arrivalNs: row.number('arrivalNs'),
  completionNs: row.number('completionNs'),
  stage: row.number('stage'),
  isLate: isMissedRow(row),
});

function isMissedRow(row: Reading): boolean {
  const deadlineNs = row.number('deadlineNs');
  return deadlineNs >= 0 && (row.number('outcome') > 2 || row.number('completionNs') > deadlineNs);
}

/** The parts of its life in order. The wait for the batch is a sum; it is drawn where it mostly lies, before the dispatch. */
function phasesOf(row: Reading, own: Batch | undefined): Phase[] {
  const [arrivalNs, dispatchNs, completionNs] = [
    row.number('arrivalNs'),
    row.number('dispatchNs'),
    row.number('completionNs'),
  ];
  const leftQueueNs = dispatchNs >= 0 ? dispatchNs : completionNs;
  const waitNs = Math.min(Math.max(0, row.number('batchWaitNs') || 0), leftQueueNs - arrivalNs);
  const phases: Phase[] = [
    { kind: 'queued', fromNs: arrivalNs, toNs: leftQueueNs - waitNs },
    { kind: 'batchWait', fromNs: leftQueueNs - waitNs, toNs: leftQueueNs },
  ];
  if (dispatchNs >= 0) {
    const startNs = own ? Math.max(dispatchNs, Math.min(own.startNs, completionNs)) : dispatchNs;
    const endNs = own ? Math.max(startNs, Math.min(own.endNs, completionNs)) : completionNs;
    phases.push(
      { kind: 'handedOver', fromNs: dispatchNs, toNs: startNs },
      { kind: 'engine', fromNs: startNs, toNs: endNs },
      { kind: 'answer', fromNs: endNs, toNs: completionNs },
    );
  }
  return phases.filter(({ fromNs, toNs }) => toNs > fromNs);
}

/** Batches that ran where it was to run while it was queued: on its stream, or on any when it never got one. */
function blockersOf(batches: readonly Batch[], own: Batch | undefined, queued: Phase | undefined) {
  if (!queued) return { blockers: [], blocking: new Set<Batch>() };
  const held = ({ startNs, endNs }: Batch) => Math.min(endNs, queued.toNs) - Math.max(startNs, queued.fromNs);
  const blocking = batches.filter(
    (each) => each.batch !== own?.batch && (own === undefined || each.stream === own.stream) && held(each) > 0,
  );
  const blockers = new Map<string, Blocker>();
  for (const each of blocking) {
    const key = `${each.stream} ${each.model}`;
    const before = blockers.get(key);
    blockers.set(key, {
      model: each.model,
      stream: each.stream,
      batchCount: (before?.batchCount ?? 0) + 1,
      heldNs: (before?.heldNs ?? 0) + held(each),
      batch: Math.max(before?.batch ?? 0, each.batch),
    });
  }
  const sorted = [...blockers.values()].sort((left, right) => right.heldNs - left.heldNs);
  return { blockers: sorted, blocking: new Set(blocking) };
}

function sentenceOf(row: Reading, late: Reading | undefined, own: Batch | undefined, isMissed: boolean): string {
  if (row.number('outcome') > 2) return reasonWords(row.text('reason'));
  const [arrivalNs, dispatchNs, completionNs] = [
    row.number('arrivalNs'),
    row.number('dispatchNs'),
    row.number('completionNs'),
  ];
  const tookNs = completionNs - arrivalNs;
  const deadlineNs = row.number('deadlineNs');
  if (!isMissed) {
    const spare = deadlineNs >= 0 ? `, ${formatNs(deadlineNs - completionNs)} before its deadline` : '';
    const how =
      enumWord('requestOutcome', row.number('outcome')) === 'reused' ? 'Answered with the last result' : 'Answered';
    return `${how} after ${formatNs(tookNs)}${spare}.`;
  }
  const why = lateWords({
    cause: late?.text('cause') ?? '',
    queuedNs: late?.number('queuedNs') ?? dispatchNs - arrivalNs,
    batchWaitNs: row.number('batchWaitNs'),
    serviceNs: late?.number('serviceNs') ?? completionNs - dispatchNs,
    predictedNs: own?.predictedNs ?? -1,
    behindBatch: late?.number('batch') || 0,
    behindModel: late?.text('other') ?? '',
  });
  return `Answered after ${formatNs(tookNs)}, ${formatNs(completionNs - deadlineNs)} late. ${why}`;
}

/** undefined while the request's row is not there. */
export function lifeOf(answers: LifeAnswers): Life | undefined {
  const [row] = readingsOf(answers.request);
  if (!row) return undefined;
  const around = batchesOf(answers.batches).sort(
    (left, right) => left.stream - right.stream || left.startNs - right.startNs,
  );
  const batch = row.number('batch');
  const own = around.find((each) => batch !== 0 && each.batch === batch);
  const phases = phasesOf(row, own);
  const queued = phases.find(({ kind }) => kind === 'queued');
  const { blockers, blocking } = blockersOf(around, own, queued);
  const late = readingsOf(answers.decisions).find((each) => each.text('kind') === 'late');
  const isMissed = isMissedRow(row);
  const [arrivalNs, completionNs] = [row.number('arrivalNs'), row.number('completionNs')];
  const roomNs = Math.max(1, ROOM_RATIO * (completionNs - arrivalNs));
  return {
    source: row.number('source'),
    request: row.number('request'),
    model: row.text('model'),
    version: row.text('version'),
    priority: row.number('priority'),
    tier: row.number('tier'),
    outcome: enumWord('requestOutcome', row.number('outcome')),
    batch,
    arrivalNs,
    dispatchNs: row.number('dispatchNs'),
    completionNs,
    deadlineNs: row.number('deadlineNs'),
    isMissed,
    sentence: sentenceOf(row, late, own, isMissed),
    phases,
    ownBatch: own,
    batches: around.map((each) => ({
      batch: each,
      role: each === own ? 'own' : blocking.has(each) ? 'blocker' : 'other',
    })),
    blockers,
    mates: readingsOf(answers.mates).map(mateOf),
    kin: readingsOf(answers.kin).map(mateOf),
    work: lifeWorkOf(answers, batch !== 0),
    view: { fromNs: arrivalNs - roomNs, toNs: completionNs + roomNs },
  };
}
