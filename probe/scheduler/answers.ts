// What follows from the executor's answer: the stream is free, the requests are answered, and everything that learns learns from it.

import type { Batch } from './batch';
import { explainLate } from './control/lateness';
import type { Core } from './core';
import type { BatchAnswer } from './executor';
import type { Lane } from './lane';

export class Answers {
  /** `settle` looks at a lane's version after each of its batches. */
  constructor(
    private readonly core: Core,
    private readonly settle: (lane: Lane) => void,
  ) {
    core.onLate = (request, batch) => {
      const { restartedNs } = batch.plan.lane;
      core.listener.onDecision(explainLate(request, batch, { isThrottled: core.isThrottled, restartedNs }));
    };
  }

  /** Closes a batch with what the executor says of it. */
  take(batch: Batch, answer: BatchAnswer): void {
    // A batch that was given up is answered already; a late answer of a dead engine says nothing.
    if (!batch.isOpen) return;
    const { core } = this;
    const { lane, engine, requests, neighbours, stream } = batch.plan;
    batch.isOpen = false;
    batch.startNs = answer.startNs;
    batch.durationNs = answer.durationNs;
    core.streams.giveBack(stream, core.clock.nowNs());
    lane.inFlightCount -= requests.length;
    const isOk = answer.error === undefined;
    if (isOk) {
      core.costs.learn(engine, requests.length, neighbours, answer.durationNs, batch.companyCount);
      lane.restartCount = 0;
    }
    core.policy.ended(batch);
    core.listener.onBatch(batch.factsOf(isOk));
    this.answerAll(batch, answer);
    this.adapt(batch);
    this.settle(lane);
  }

  private answerAll(batch: Batch, { results, error }: BatchAnswer): void {
    const { core } = this;
    const { lane, requests } = batch.plan;
    for (let index = 0; index < requests.length; index++) {
      const request = requests[index];
      request.result = results?.[index];
      if (error === undefined) core.answer(request, lane, 'completed', undefined, batch);
      else core.answer(request, lane, 'failed', 'engine-error', batch);
    }
  }

  private adapt({ plan: { lane, requests, dispatchNs } }: Batch): void {
    const nowNs = this.core.clock.nowNs();
    let oldestNs = nowNs;
    for (const { arrivalNs } of requests) oldestNs = Math.min(oldestNs, arrivalNs);
    if (!lane.adaptive.record(requests.length, nowNs - oldestNs, nowNs - dispatchNs)) return;
    const { limit } = lane.adaptive;
    this.core.listener.onDecision({ kind: 'batch-limit', timeNs: nowNs, model: lane.model.name, limit });
  }
}
