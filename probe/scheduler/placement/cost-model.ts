// How long a batch will take, learned from how long batches took: for each engine and batch size alone, and for each pair of engines
// how much the one slows down beside the other. Sizes not seen yet lie on the line between the nearest seen ones.
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
/** A batch whose average company differs by more from the company it began in had a change of it. */
const COMPANY_CHANGE_MAX = 0.1;
const FIRST_DEVIATION_RATIO = 1 / 8;
/** Slower than this beside a neighbour is taken for an accident and not learned. */
const SLOWDOWN_MAX = 8;

class EngineCost {
  /** By batch size; undefined where none was seen. */
  readonly meanNs: (number | undefined)[] = [];
  readonly deviationNs: number[] = [];
  /** Slowdown beside each other engine, by its index. */
  readonly slowdown: (number | undefined)[] = [];

  get isKnown(): boolean {
    return this.meanNs.length > 0;
  }

  learn(size: number, aloneNs: number): void {
    const meanNs = this.meanNs[size];
    if (meanNs === undefined) {
      // Holes would turn the array into a dictionary.
      while (this.meanNs.length < size) this.meanNs.push(undefined);
      this.meanNs[size] = aloneNs;
      this.deviationNs[size] = aloneNs * FIRST_DEVIATION_RATIO;
      return;
    }
    const errorNs = aloneNs - meanNs;
    this.meanNs[size] = meanNs + MEAN_GAIN * errorNs;
    this.deviationNs[size] += DEVIATION_GAIN * (Math.abs(errorNs) - this.deviationNs[size]);
  }

  aloneNs(size: number): number {
    return this.meanNs[size] ?? this.between(size);
  }

  /** A size that was not seen: on the line between the nearest seen ones, or in proportion to the largest. */
  private between(size: number): number {
    const { meanNs } = this;
    let above = size + 1;
    while (above < meanNs.length && meanNs[above] === undefined) above++;
    let below = Math.min(size, meanNs.length) - 1;
    while (below > 0 && meanNs[below] === undefined) below--;
    const belowNs = meanNs[below];
    const aboveNs = meanNs[above];
    if (belowNs === undefined) return aboveNs ?? GUESS_NS * size;
    // Nothing larger was seen: more than in proportion would be odd, so this is the careful guess.
    if (aboveNs === undefined) return (belowNs * size) / below;
    return belowNs + ((aboveNs - belowNs) * (size - below)) / (above - below);
  }
}

export class CostModel {
  private readonly costs: EngineCost[] = [];

  private costOf({ index }: EngineRef): EngineCost {
    while (this.costs.length <= index) this.costs.push(new EngineCost());
    return this.costs[index];
  }

  /** Nanoseconds for a batch of `size` with these neighbours. A guess of 1 ms an item before anything was learned. */
  predictNs(engine: EngineRef, size: number, neighbours: readonly EngineRef[]): number {
    const aloneNs = this.costOf(engine).aloneNs(Math.min(size, BATCH_SIZE_MAX));
    return neighbours.length === 0 ? aloneNs : aloneNs * this.slowdownOf(engine, neighbours);
  }

  /** Mean absolute deviation from the prediction, in ns; an eighth of the prediction before it was learned. */
  deviationNs(engine: EngineRef, size: number): number {
    const cost = this.costOf(engine);
    return cost.deviationNs[size] ?? cost.aloneNs(size) * FIRST_DEVIATION_RATIO;
  }

  /** How many times longer `engine` takes beside these neighbours; 1 for what was never seen. */
  slowdownOf(engine: EngineRef, neighbours: readonly EngineRef[]): number {
    const { slowdown } = this.costOf(engine);
    let product = 1;
    for (const { index } of neighbours) product *= slowdown[index] ?? 1;
    return product;
  }

  /**
   * Learns one batch. Alone it teaches the engine's own time; beside others all along, how much they slow it down. What began in
   * other company than it ended in teaches neither. `companyCount` is how many ran beside it on average.
   */
  learn(
    engine: EngineRef,
    size: number,
    neighbours: readonly EngineRef[],
    durationNs: number,
    companyCount = neighbours.length,
  ): void {
    const cost = this.costOf(engine);
    const isConstant = Math.abs(companyCount - neighbours.length) <= COMPANY_CHANGE_MAX;
    // The first batch of an engine that was not warmed is believed whatever it was like: it is better than a guess.
    if (!cost.isKnown || (isConstant && neighbours.length === 0)) cost.learn(size, durationNs);
    else if (isConstant) learnSlowdown(cost, neighbours, durationNs / cost.aloneNs(size));
  }
}

function learnSlowdown({ slowdown }: EngineCost, neighbours: readonly EngineRef[], ratio: number): void {
  const clamped = Math.min(SLOWDOWN_MAX, Math.max(1, ratio));
  const share = neighbours.length === 1 ? clamped : clamped ** (1 / neighbours.length);
  for (const { index } of neighbours) {
    const known = slowdown[index];
    slowdown[index] = known === undefined ? share : known + MEAN_GAIN * (share - known);
  }
}
