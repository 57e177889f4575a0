// What the scheduler tells, as rows: gathered and sent every 20 ms. A queue that changes often becomes one row a model, version and
// priority in that time, with its greatest depth; what it is then follows in the next one.

import type { RowOf } from '../../shared/model/column';
import { enums } from '../../shared/model/enums';
import { layerIndexes } from '../../shared/model/layer-edges';
import { encodeRows } from '../../shared/wire/encode';
import { type Tables, tables } from '../../shared/wire/tables';
import type { ProbeConnection } from '../runner/probe-connection';
import type { BatchFacts, Decision, DropFacts, Listener, PipelineFacts, QueueFacts } from '../scheduler/listener';
import type { RequestFacts } from '../scheduler/request';
import type { BuildRow } from './build-report';
import type { EngineLayers } from './engine-executor';

const WORKLOAD_TABLES = [
  'request',
  'batch',
  'queue',
  'layer',
  'edge',
  'decision',
  'pipeline',
  'build',
  'diagnostic',
] as const;
type WorkloadTable = (typeof WORKLOAD_TABLES)[number];

/** Rows of one packet: 1,000 requests with their texts are about 150 kB. */
const PACKET_ROW_COUNT_MAX = 1000;

const timeOr = (timeNs: number) => (Number.isFinite(timeNs) ? timeNs : -1);

export function requestRow(request: RequestFacts): RowOf<Tables['request']> {
  const { arrivalNs, dispatchNs, completionNs, deadlineNs, batchWaitNs, id, parent, batchId, key } = request;
  const { priority, stage, tier, outcome, model, version, reason = '' } = request;
  return {
    ...{ arrivalNs, dispatchNs, completionNs, batchWaitNs, parent, key, priority, stage, tier, model, version, reason },
    deadlineNs: timeOr(deadlineNs),
    request: id,
    batch: batchId,
    outcome: outcome ? enums.requestOutcome[outcome] : 0,
  };
}

export function batchRow(batch: BatchFacts): RowOf<Tables['batch']> {
  // Named one by one: what is left of an object (`...rest`) is gathered by the runtime, at 30 µs a batch.
  const { id, isOk, neighbours, startNs, durationNs, predictedNs, requestCount, stream, tier } = batch;
  const { model, version, engine } = batch;
  return {
    ...{ startNs, durationNs, predictedNs, requestCount, stream, tier, model, version, engine },
    batch: id,
    isOk: isOk ? 1 : 0,
    neighbours: neighbours.join(' '),
  };
}

const NO_DECISION = {
  ...{ request: 0, batch: 0, valueNs: 0, queuedNs: 0, serviceNs: 0, from: 0, to: 0 },
  ...{ model: '', version: '', because: '', other: '' },
};

export function decisionRow(decision: Decision): RowOf<Tables['decision']> {
  const { kind, timeNs } = decision;
  const row = { ...NO_DECISION, kind, timeNs };
  switch (decision.kind) {
    case 'late': {
      const { request, cause, lateNs, queuedNs, serviceNs, behindBatch, behindModel } = decision;
      return {
        ...row,
        ...{ request, queuedNs, serviceNs, because: cause, valueNs: lateNs, batch: behindBatch, other: behindModel },
      };
    }
    case 'rejected':
      return { ...row, request: decision.request, because: decision.reason };
    case 'delayed':
      return { ...row, request: decision.request };
    case 'tier':
      return { ...row, model: decision.model, from: decision.from, to: decision.to, because: decision.because };
    case 'batch-limit':
      return { ...row, model: decision.model, to: decision.limit };
    case 'cut': {
      const { request, model, foundCount, keptCount } = decision;
      return { ...row, request, model, from: foundCount, to: keptCount, because: 'more than fanOutMax' };
    }
    case 'pressure':
      return { ...row, model: decision.model, to: decision.isPressed ? 1 : 0 };
    case 'version':
    case 'engine': {
      const { model, version, state, because } = decision;
      return { ...row, model, version, because: because === '' ? state : `${state}: ${because}` };
    }
  }
}

export function pipelineRow(run: PipelineFacts): RowOf<Tables['pipeline']> {
  const { id, isOk, stages, deadlineNs, arrivalNs, completionNs, pipeline } = run;
  const finite = stages.map((stage) => ({ ...stage, budgetNs: timeOr(stage.budgetNs) }));
  return {
    ...{ arrivalNs, completionNs, pipeline, deadlineNs: timeOr(deadlineNs), run: id, isOk: isOk ? 1 : 0 },
    stages: JSON.stringify(finite),
  };
}

interface Depth {
  readonly row: RowOf<Tables['queue']>;
  last: QueueFacts;
  lastSentDepth: number;
}

export interface RowSink {
  readonly connection: ProbeConnection | undefined;
  /** One JSON object a row, for programs that have no probe. */
  readonly print: ((line: string) => void) | undefined;
  readonly nowNs: () => number;
}

export class WorkloadRows implements Listener {
  private readonly waiting = new Map<WorkloadTable, RowOf<Tables[WorkloadTable]>[]>();
  private readonly depths = new Map<string, Depth>();
  private readonly said = new Set<string>();

  constructor(private readonly sink: RowSink) {}

  onRequest(request: RequestFacts): void {
    this.push('request', requestRow(request));
  }

  onBatch(batch: BatchFacts): void {
    this.push('batch', batchRow(batch));
  }

  onQueue(facts: QueueFacts): void {
    const { timeNs, model, version, priority, depth } = facts;
    const key = `${priority} ${version} ${model}`;
    const found = this.depths.get(key);
    if (!found) {
      this.depths.set(key, { row: { timeNs, depth, priority, model, version }, last: facts, lastSentDepth: -1 });
      return;
    }
    found.last = facts;
    if (depth >= found.row.depth) Object.assign(found.row, { timeNs, depth });
  }

  onDecision(decision: Decision): void {
    this.push('decision', decisionRow(decision));
  }

  onDrop({ timeNs, source, arrivalNs, reason }: DropFacts): void {
    const valueNs = timeNs - arrivalNs;
    this.push('decision', { ...NO_DECISION, kind: 'dropped', timeNs, valueNs, model: source, because: reason });
  }

  onPipeline(run: PipelineFacts): void {
    this.push('pipeline', pipelineRow(run));
  }

  layers({ ref, precision, layers, edges }: EngineLayers): void {
    const timeNs = this.sink.nowNs();
    const { model, id: engine } = ref;
    const indexes = layerIndexes(layers);
    layers.forEach(({ name, type, batchSize, runCount, offsetNs, averageNs, medianNs, totalNs }, at) => {
      const measured = { batchSize, runCount, offsetNs, averageNs, medianNs, totalNs };
      this.push('layer', { ...measured, timeNs, index: indexes[at], model, engine, precision, name, type });
    });
    for (const { from, to, tensor, dims, bytes } of edges) {
      const shape = dims?.join(' × ') ?? '';
      this.push('edge', { timeNs, bytes, fromLayer: from, toLayer: to, model, engine, tensor, shape });
    }
  }

  /** A build waits for nobody: what it says comes with the next flush. */
  build(row: BuildRow): void {
    this.push('build', row);
  }

  /** Each sentence once. */
  warn(code: string, sentence: string, remedy: string): void {
    this.say('warning', code, sentence, remedy);
  }

  /** What was used or done, for whoever reads the recording later. */
  note(code: string, sentence: string): void {
    this.say('info', code, sentence, '');
  }

  private say(kind: 'info' | 'warning', code: string, sentence: string, remedy: string): void {
    if (this.said.has(sentence)) return;
    this.said.add(sentence);
    const severity = enums.severity[kind];
    this.push('diagnostic', { timeNs: this.sink.nowNs(), severity, code, sentence, remedy });
  }

  /** Sends what waits. Called every 20 ms at most, and at the end. */
  flush(): void {
    for (const depth of this.depths.values()) this.sampleDepth(depth);
    const { connection, print } = this.sink;
    for (const [name, rows] of this.waiting) {
      for (let from = 0; connection && from < rows.length; from += PACKET_ROW_COUNT_MAX) {
        const some = rows.slice(from, from + PACKET_ROW_COUNT_MAX);
        connection.send(encodeRows(tables[name] as Tables[WorkloadTable], some as never, connection.sourceId));
      }
      if (print) for (const row of rows) print(JSON.stringify({ [name]: row }));
      rows.length = 0;
    }
  }

  private sampleDepth(found: Depth): void {
    const { row, last } = found;
    if (row.depth === found.lastSentDepth && last.depth === found.lastSentDepth) return;
    this.push('queue', { ...row });
    found.lastSentDepth = row.depth;
    Object.assign(row, { timeNs: last.timeNs, depth: last.depth });
  }

  private push<N extends WorkloadTable>(name: N, row: RowOf<Tables[N]>): void {
    const rows = this.waiting.get(name);
    if (rows) rows.push(row);
    else this.waiting.set(name, [row]);
  }
}
