// An executor that only takes time. Batches that run side by side slow each other down, the one on the stream with the lower CUDA
// priority more; when one begins or ends, the others' rest is stretched or shortened. A batch's work is
//
//   (launch + perItem × size) × exp(noise × normal)          lognormal: never negative, now and then much longer
//
// Wanted faults (a hang, an error, a load that fails) happen at the batch or load they were asked for.

import type { Clock, Timer } from '../clock';
import type { BatchAnswer, BatchOrder, EngineRef, Executor, Settled, Warmed } from '../executor';
import type { Random } from './random';

export interface SimulatedCost {
  readonly launchNs: number;
  readonly perItemNs: number;
  /** Deviation of the logarithm of the service time. */
  readonly noiseRatio: number;
  /** How much slower it is beside one neighbour of the same CUDA priority: 0.8 is 1.8 times. */
  readonly interferenceRatio: number;
  readonly loadNs: number;
  /** Share of batches that fail. */
  readonly failRatio?: number;
}

interface Running {
  readonly order: BatchOrder;
  readonly cost: SimulatedCost;
  readonly answered: (answer: BatchAnswer) => void;
  readonly timer: Timer;
  startNs: number;
  /** Work left, in ns alone on the device. */
  leftNs: number;
  slowdown: number;
  settledNs: number;
  isFailing: boolean;
}

/** How much of a neighbour's interference a batch feels on a stream of greater and of lesser CUDA priority. */
const FAVOURED = 0.8;
const DISFAVOURED = 1.2;

export class SimulatedExecutor implements Executor {
  private readonly running: Running[] = [];
  private readonly hangs = new Map<string, number>();
  private readonly loadFailures = new Map<string, number>();
  private throttle = 1;

  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly costOf: (engine: EngineRef) => SimulatedCost,
  ) {}

  /** The next `count` batches of a model's version hang until their engine is ended. */
  hangNext(engineId: string, count: number): void {
    this.hangs.set(engineId, (this.hangs.get(engineId) ?? 0) + count);
  }

  failNextLoad(engineId: string, count: number): void {
    this.loadFailures.set(engineId, (this.loadFailures.get(engineId) ?? 0) + count);
  }

  /** Everything takes `ratio` times as long from now on. */
  setThrottle(ratio: number): void {
    this.settleAll();
    this.throttle = ratio;
    this.scheduleAll();
  }

  load(engine: EngineRef, settled: Settled): void {
    const isFailing = takeOne(this.loadFailures, engine.id);
    this.later(this.costOf(engine).loadNs, () => settled(isFailing ? 'The simulated load failed.' : undefined));
  }

  warmUp(engine: EngineRef, batchSizes: readonly number[], warmed: Warmed): void {
    const { launchNs, perItemNs } = this.costOf(engine);
    const durationsNs = batchSizes.map((size) => launchNs + perItemNs * size);
    const workNs = durationsNs.reduce((sum, durationNs) => sum + durationNs, 0);
    this.later(workNs, () => warmed(undefined, durationsNs));
  }

  execute(order: BatchOrder, answered: (answer: BatchAnswer) => void): void {
    const cost = this.costOf(order.engine);
    const nowNs = this.clock.nowNs();
    const aloneNs = cost.launchNs + cost.perItemNs * order.requests.length;
    const leftNs = takeOne(this.hangs, order.engine.id)
      ? Number.POSITIVE_INFINITY
      : aloneNs * Math.exp(cost.noiseRatio * this.random.normal());
    const isFailing = cost.failRatio !== undefined && this.random.next() < cost.failRatio;
    const timer = this.clock.timer(() => this.finish(running));
    const running: Running = {
      ...{ order, cost, answered, timer, leftNs, isFailing },
      ...{ startNs: nowNs, slowdown: 1, settledNs: nowNs },
    };
    this.settleAll();
    this.running.push(running);
    this.scheduleAll();
  }

  end(engine: EngineRef): void {
    this.settleAll();
    for (let index = this.running.length - 1; index >= 0; index--) {
      if (this.running[index].order.engine !== engine) continue;
      this.running[index].timer.disarm();
      this.running.splice(index, 1);
    }
    this.scheduleAll();
  }

  unload(): void {}

  private later(delayNs: number, run: () => void): void {
    this.clock.timer(run).armAt(this.clock.nowNs() + Math.round(delayNs));
  }

  private finish(running: Running): void {
    this.settleAll();
    this.running.splice(this.running.indexOf(running), 1);
    this.scheduleAll();
    const { startNs, answered, isFailing } = running;
    const durationNs = this.clock.nowNs() - startNs;
    answered(isFailing ? { startNs, durationNs, error: 'The simulated batch failed.' } : { startNs, durationNs });
  }

  /** Takes what was worked since the last look off each batch's rest. */
  private settleAll(): void {
    const nowNs = this.clock.nowNs();
    for (const running of this.running) {
      running.leftNs = Math.max(0, running.leftNs - (nowNs - running.settledNs) / running.slowdown);
      running.settledNs = nowNs;
    }
  }

  private scheduleAll(): void {
    for (const running of this.running) {
      running.slowdown = this.slowdownOf(running);
      running.timer.armAt(running.settledNs + Math.ceil(running.leftNs * running.slowdown));
    }
  }

  private slowdownOf(running: Running): number {
    let slowdown = 1;
    const { cudaPriority } = running.order;
    for (const other of this.running) {
      if (other === running) continue;
      const otherPriority = other.order.cudaPriority;
      const share = otherPriority === cudaPriority ? 1 : otherPriority > cudaPriority ? FAVOURED : DISFAVOURED;
      slowdown += other.cost.interferenceRatio * share;
    }
    return slowdown * this.throttle;
  }
}

function takeOne(counts: Map<string, number>, key: string): boolean {
  const count = counts.get(key) ?? 0;
  if (count > 0) counts.set(key, count - 1);
  return count > 0;
}
