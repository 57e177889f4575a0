// How long a batch will take, learned from how long batches took: for each engine and batch size alone, and for each pair of engines
// how much the one slows down beside the other. Sizes not seen yet are read off a line through the seen ones.
//
//   predicted = alone(engine, size) × Π slowdown(engine, neighbour)
//
// Means are exponential with weight 1/8 (the gain of TCP's round-trip estimate, RFC 6298: mean by 1/8, deviation by 1/4), so that a
// board that throttles is believed after about ten batches.

import { NS_PER_MS } from '../../../shared/units/units';
import { BATCH_SIZE_MAX } from '../configuration';
import type { EngineRef } from '../executor';

const MEAN_GAIN = 1 / 8;
const DEVIATION_GAIN = 1 / 4;
const GUESS_NS = NS_PER_MS;
/** Slower than this beside a neighbour is taken for an accident and not learned. */
const SLOWDOWN_MAX = 8;

class EngineCost {
  readonly meanNs: number[] = [];
  readonly deviationNs: number[] = [];
  /** Slowdown beside each other engine, by its index. */
  readonly slowdown: number[] = [];
  // Sums with forgetting for the line duration = base + perItem × size.
  private count = 0;
  private sumSize = 0;
  private sumNs = 0;
  private sumSizeSize = 0;
  private sumSizeNs = 0;

  learn(size: number, aloneNs: number): void {
    const meanNs = this.meanNs[size];
    if (meanNs === undefined) {
      this.meanNs[size] = aloneNs;
      this.deviationNs[size] = aloneNs / 2;
    } else {
      const errorNs = aloneNs - meanNs;
      this.meanNs[size] = meanNs + MEAN_GAIN * errorNs;
      this.deviationNs[size] += DEVIATION_GAIN * (Math.abs(errorNs) - this.deviationNs[size]);
    }
    const keep = 1 - 1 / 256;
    this.count = this.count * keep + 1;
    this.sumSize = this.sumSize * keep + size;
    this.sumNs = this.sumNs * keep + aloneNs;
    this.sumSizeSize = this.sumSizeSize * keep + size * size;
    this.sumSizeNs = this.sumSizeNs * keep + size * aloneNs;
  }

  aloneNs(size: number): number {
    const meanNs = this.meanNs[size];
    if (meanNs !== undefined) return meanNs;
    if (this.count === 0) return GUESS_NS * size;
    const meanSize = this.sumSize / this.count;
    const lineMeanNs = this.sumNs / this.count;
    const spread = this.sumSizeSize / this.count - meanSize * meanSize;
    // One size alone says nothing about the slope: proportional is the careful guess for larger ones.
    if (!(spread > 1e-6)) return size > meanSize ? (lineMeanNs * size) / meanSize : lineMeanNs;
    const perItemNs = Math.max(0, (this.sumSizeNs / this.count - meanSize * lineMeanNs) / spread);
    return Math.max(lineMeanNs / 16, lineMeanNs + perItemNs * (size - meanSize));
  }
}

export class CostModel {
  private readonly costs: EngineCost[] = [];

  private costOf(engine: EngineRef): EngineCost {
    this.costs[engine.index] ??= new EngineCost();
    return this.costs[engine.index];
  }

  /** Nanoseconds for a batch of `size` with these neighbours. A guess of 1 ms an item before anything was learned. */
  predictNs(engine: EngineRef, size: number, neighbours: readonly EngineRef[]): number {
    const aloneNs = this.costOf(engine).aloneNs(Math.min(size, BATCH_SIZE_MAX));
    return neighbours.length === 0 ? aloneNs : aloneNs * this.slowdownOf(engine, neighbours);
  }

  /** Mean absolute deviation from the prediction, in ns; half of the prediction before it was learned. */
  deviationNs(engine: EngineRef, size: number): number {
    const cost = this.costOf(engine);
    return cost.deviationNs[size] ?? cost.aloneNs(size) / 2;
  }

  /** How many times longer `engine` takes beside these neighbours; 1 for what was never seen. */
  slowdownOf(engine: EngineRef, neighbours: readonly EngineRef[]): number {
    const { slowdown } = this.costOf(engine);
    let product = 1;
    for (const { index } of neighbours) product *= slowdown[index] ?? 1;
    return product;
  }

  /**
   * Learns one batch. Alone it teaches the engine's own time. Beside others it teaches the pairs' slowdown when the time alone is
   * known, and otherwise the time alone, with what is known of the pairs taken out.
   */
  learn(engine: EngineRef, size: number, neighbours: readonly EngineRef[], durationNs: number): void {
    const cost = this.costOf(engine);
    const aloneNs = cost.meanNs[size];
    if (neighbours.length === 0 || aloneNs === undefined) {
      cost.learn(size, durationNs / this.slowdownOf(engine, neighbours));
      return;
    }
    const ratio = Math.min(SLOWDOWN_MAX, Math.max(1, durationNs / aloneNs));
    const share = neighbours.length === 1 ? ratio : ratio ** (1 / neighbours.length);
    for (const { index } of neighbours) {
      const known = cost.slowdown[index];
      cost.slowdown[index] = known === undefined ? share : known + MEAN_GAIN * (share - known);
    }
  }
}
