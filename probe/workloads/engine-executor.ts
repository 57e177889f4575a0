// The scheduler's executor on real engines: one object an engine, each with a thread of its own. It never calls back from inside a call,
// because everything it does ends in a promise.

import { assembleBatch, BatchScratch, splitBatch } from '../engines/batch';
import type { Engine, EngineFacts, LayerTime } from '../engines/engine';
import type { BatchAnswer, BatchOrder, EngineRef, Executor, Settled, Warmed } from '../scheduler/executor';
import type { EngineAnswer, Payload } from './feeds/feed';
import { Inputs } from './inputs';
import type { Pixels } from './pictures/picture';

export interface EngineExecutorOptions {
  /** Throws FailureError. */
  readonly load: (engine: EngineRef) => Promise<Engine>;
  /** CLOCK_MONOTONIC at 0 of the scheduler's clock. */
  readonly epochNs: number;
  readonly nowNs: () => number;
  readonly seed: number;
  /** How a model takes the pixels of pictures; 'unit' when absent. */
  readonly pixelsOf?: (model: string) => Pixels;
}

interface Loaded {
  readonly engine: Engine;
  readonly inputs: Inputs;
  /** Engines take a batch's numbers before infer() returns, so one is enough. */
  readonly scratch: BatchScratch;
}

/** Layers of an engine, as they were when it was warmed up. */
export interface EngineLayers {
  readonly ref: EngineRef;
  readonly precision: string;
  readonly layers: readonly LayerTime[];
}

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export class EngineExecutor implements Executor {
  private readonly loaded = new Map<EngineRef, Loaded>();
  private readonly closing = new Set<Promise<void>>();
  /** Engines that were asked for and not let go of. */
  private readonly wanted = new Set<EngineRef>();
  readonly layers: EngineLayers[] = [];

  constructor(private readonly options: EngineExecutorOptions) {}

  load(ref: EngineRef, settled: Settled): void {
    this.wanted.add(ref);
    this.options.load(ref).then(
      (engine) => {
        // It was let go of while it loaded.
        if (!this.wanted.has(ref)) return this.letGo(engine);
        const { seed, pixelsOf } = this.options;
        const inputs = new Inputs(engine.facts, seed, pixelsOf?.(ref.model) ?? 'unit');
        this.loaded.set(ref, { engine, inputs, scratch: new BatchScratch() });
        settled();
      },
      (error) => settled(sentenceOf(error)),
    );
  }

  /** Of an engine that a model has loaded, the full one before others; undefined when it has none. */
  factsOf(model: string): EngineFacts | undefined {
    const refs = [...this.loaded.keys()].filter((ref) => ref.model === model);
    const best = refs.sort((left, right) => left.tier - right.tier)[0];
    return best && this.loaded.get(best)?.engine.facts;
  }

  /** Where the engines that are loaded run. */
  get devices(): ReadonlySet<EngineFacts['device']> {
    return new Set([...this.loaded.values()].map(({ engine }) => engine.facts.device));
  }

  warmUp(ref: EngineRef, batchSizes: readonly number[], warmed: Warmed): void {
    this.warm(ref, batchSizes).then(
      (durationsNs) => warmed(undefined, durationsNs),
      (error) => warmed(sentenceOf(error)),
    );
  }

  execute(order: BatchOrder, answered: (answer: BatchAnswer) => void): void {
    const startNs = this.options.nowNs();
    this.run(order).then(answered, (error) =>
      answered({ startNs, durationNs: this.options.nowNs() - startNs, error: sentenceOf(error) }),
    );
  }

  end(ref: EngineRef): void {
    this.take(ref)?.engine.abort('it gave no answer in time and was ended');
  }

  unload(ref: EngineRef): void {
    const found = this.take(ref);
    if (found) this.letGo(found.engine);
  }

  /** Lets go of every engine and waits for them. */
  async close(): Promise<void> {
    for (const ref of [...this.loaded.keys()]) this.unload(ref);
    await Promise.allSettled(this.closing);
  }

  private take(ref: EngineRef): Loaded | undefined {
    const found = this.loaded.get(ref);
    this.wanted.delete(ref);
    this.loaded.delete(ref);
    return found;
  }

  private letGo(engine: Engine): void {
    const closed = engine.close().finally(() => this.closing.delete(closed));
    this.closing.add(closed);
  }

  /** How long a batch of each size takes once the engine is warm, in ns. */
  private async warm(ref: EngineRef, batchSizes: readonly number[]): Promise<number[]> {
    const { engine, inputs } = this.loaded.get(ref)!;
    await engine.warmUp(batchSizes);
    const layers = engine.layerTimes();
    if (layers.length > 0) this.layers.push({ ref, precision: engine.facts.precision, layers });
    const durationsNs: number[] = [];
    for (const size of batchSizes) {
      const taken = Array.from({ length: size }, (_, index) => inputs.seeded(index));
      // 0 is the correlation of no batch.
      const { durationNs } = await engine.infer({ batch: 0, size, inputs: assembleBatch(engine.facts, taken) });
      durationsNs.push(durationNs);
    }
    return durationsNs;
  }

  private async run({ id, engine: ref, requests }: BatchOrder): Promise<BatchAnswer> {
    const { engine, inputs, scratch } = this.loaded.get(ref)!;
    const { facts } = engine;
    const taken = requests.map(({ id: request, spec }) => inputs.itemOf(spec.payload as Payload | undefined, request));
    const size = requests.length;
    const batch = { batch: id, size, inputs: assembleBatch(facts, taken, scratch) };
    const { outputs, startNs, durationNs } = await engine.infer(batch);
    const results = splitBatch(facts, outputs, size).map((each): EngineAnswer => ({ facts, outputs: each }));
    return { startNs: startNs - this.options.epochNs, durationNs, results };
  }
}
