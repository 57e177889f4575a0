// The life of a lane's engines: loaded and warmed, ended when one hangs, brought up again. Its batches are answered with an error at
// once; its queue waits for the engine to come back.

import { formatNs } from '../../shared/units/format';
import type { Batch } from './batch';
import type { Core } from './core';
import type { EngineRef, Settled } from './executor';
import type { Lane } from './lane';
import type { EngineDecision } from './listener';
import type { Reason } from './request';

/** Sizes that batches will often have. */
function warmUpSizesOf({ model }: Lane): number[] {
  const sizes = new Set([1, ...model.dynamicBatching.preferredBatchSize, model.maxBatchSize]);
  return [...sizes].sort((left, right) => left - right);
}

/** One step of bringing an engine up. */
type Step = (engine: EngineRef, next: Settled) => void;

export class Engines {
  private isClosed = false;

  /** `lost` is told a lane whose engines do not come back; `pump` is called when one is up again. */
  constructor(
    private readonly core: Core,
    private readonly pump: () => void,
    private readonly lost: (lane: Lane, because: string) => void,
  ) {}

  close(): void {
    this.isClosed = true;
  }

  /** Loads and warms every engine of a lane, one after another. `loaded` is told when only warming is left. */
  bringUp(lane: Lane, loaded: () => void, settled: Settled): void {
    const { executor } = this.core;
    const each = (step: Step, then: Settled, index = 0): void => {
      if (index === lane.engines.length) {
        then();
        return;
      }
      this.within(lane, lane.engines[index], step, (error) => {
        if (error) then(error);
        else each(step, then, index + 1);
      });
    };
    const warm = (error?: string) => {
      if (error) return settled(error);
      loaded();
      each((engine, next) => this.warmUp(lane, engine, next), settled);
    };
    each((engine, next) => executor.load(engine, next), warm);
  }

  /** Ends the engine of a batch that hangs, answers what it held, and brings it up again. */
  onHung(batch: Batch): void {
    const { lane, engine } = batch.plan;
    lane.isUp = false;
    lane.restartCount++;
    this.core.executor.end(engine);
    this.tell(lane, 'ended', `batch ${batch.plan.id} gave no answer`);
    for (const { batch: other } of this.core.streams.streams) {
      if (other?.plan.engine === engine) this.giveUp(other, 'engine-hung');
    }
    if (lane.restartCount > lane.model.restartCountMax) this.lose(lane, 'it hung again after each restart');
    else this.restart(lane, engine);
    this.pump();
  }

  /** Closes a batch without the executor's answer: its requests are answered with an error and its stream is free. */
  giveUp(batch: Batch, reason: Reason): void {
    const { core } = this;
    const { lane, requests, stream } = batch.plan;
    batch.isOpen = false;
    batch.startNs = batch.plan.dispatchNs;
    core.streams.giveBack(stream, core.clock.nowNs());
    lane.inFlightCount -= requests.length;
    core.policy.ended(batch);
    core.listener.onBatch(batch.factsOf(false));
    for (const request of requests) core.answer(request, lane, 'failed', reason);
  }

  private restart(lane: Lane, engine: EngineRef): void {
    const { core } = this;
    this.tell(lane, 'restarting', `attempt ${lane.restartCount}`);
    const isBack = (error?: string) => {
      if (error) return this.lose(lane, error);
      // It may have been drained meanwhile: then nobody waits for it.
      if (!core.lanes.includes(lane)) return core.executor.unload(engine);
      lane.isUp = true;
      lane.restartedNs = core.clock.nowNs();
      this.tell(lane, 'restarted', `attempt ${lane.restartCount}`);
      this.pump();
    };
    const warm = (error?: string) => {
      if (error) return this.lose(lane, error);
      this.within(lane, engine, (one, next) => this.warmUp(lane, one, next), isBack);
    };
    this.within(lane, engine, (one, next) => core.executor.load(one, next), warm);
  }

  /** Does one step of bringing an engine up; one that gives no answer in time is ended and counts as failed. */
  private within(lane: Lane, engine: EngineRef, step: Step, settled: Settled): void {
    const { clock, executor } = this.core;
    let isOpen = true;
    const close = (error?: string) => {
      if (!isOpen || this.isClosed) return;
      isOpen = false;
      timer.disarm();
      settled(error);
    };
    const timer = clock.timer(() => {
      executor.end(engine);
      close(`It gave no answer in ${formatNs(lane.model.loadNsMax)}.`);
    });
    timer.armAt(clock.nowNs() + lane.model.loadNsMax);
    step(engine, close);
  }

  /** Warms an engine, and lets the cost model begin with what that took. */
  private warmUp(lane: Lane, engine: EngineRef, settled: Settled): void {
    const sizes = warmUpSizesOf(lane);
    this.core.executor.warmUp(engine, sizes, (error, durationsNs) => {
      durationsNs?.forEach((durationNs, index) => {
        this.core.costs.learn(engine, sizes[index], [], durationNs);
      });
      settled(error);
    });
  }

  private lose(lane: Lane, because: string): void {
    this.tell(lane, 'lost', because);
    this.lost(lane, because);
  }

  private tell(lane: Lane, state: EngineDecision['state'], because: string): void {
    const { name: model } = lane.model;
    const timeNs = this.core.clock.nowNs();
    this.core.listener.onDecision({ kind: 'engine', timeNs, model, version: lane.version, state, because });
  }
}
