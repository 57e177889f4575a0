// Requests that run together, and the stream that they run on.

import type { EngineRef } from './executor';
import type { Lane } from './lane';
import type { BatchFacts } from './listener';
import type { Request } from './request';

export class Stream {
  /** What runs on it; undefined when it is free. */
  batch: Batch | undefined = undefined;
  /** What ran on it last, for who was queued behind whom. */
  lastBatch: Batch | undefined = undefined;
  busyNs = 0;

  constructor(
    readonly index: number,
    /** As CUDA counts: the greatest priority is the lowest number. */
    readonly cudaPriority: number,
    /** Only this level and higher ones (lower numbers) may run here. */
    readonly lowestLevel: number,
  ) {}
}

export interface BatchPlan {
  readonly id: number;
  readonly lane: Lane;
  readonly engine: EngineRef;
  readonly stream: Stream;
  readonly requests: readonly Request[];
  readonly neighbours: readonly EngineRef[];
  readonly dispatchNs: number;
  readonly predictedNs: number;
  /** The highest level in it. */
  readonly level: number;
  /** The earliest of its requests' deadlines; Infinity when none has one. */
  readonly deadlineNs: number;
}

export class Batch {
  /** Id and model of the batch that held the stream before, and when it let go. 0 when there was none. */
  readonly behindId: number;
  readonly behindModel: string;
  readonly behindEndNs: number;
  endNs = -1;
  /** How many batches ran beside it, on average over its life; the pool's to fill in. */
  companyCount = 0;
  busyNsBefore = 0;
  startNs = -1;
  durationNs = -1;
  /** When the watchdog calls it hung. */
  hangsAtNs = Number.POSITIVE_INFINITY;
  /** Until it is answered, or given up. */
  isOpen = true;

  constructor(readonly plan: BatchPlan) {
    const behind = plan.stream.lastBatch;
    this.behindId = behind?.plan.id ?? 0;
    this.behindModel = behind?.plan.lane.model.name ?? '';
    this.behindEndNs = behind?.endNs ?? -1;
  }

  factsOf(isOk: boolean): BatchFacts {
    const { id, predictedNs, lane, engine, stream, requests, neighbours } = this.plan;
    return {
      id,
      startNs: this.startNs,
      durationNs: this.durationNs,
      predictedNs,
      model: lane.model.name,
      version: lane.version,
      engine: engine.id,
      tier: engine.tier,
      stream: stream.index,
      requestCount: requests.length,
      neighbours: neighbours.map((neighbour) => neighbour.id),
      isOk,
    };
  }
}
