// The scheduler's executor on real engines: one object an engine, each with a thread of its own. It never calls back from inside a call,
// because everything it does ends in a promise.

import type { LayerEdge } from '../../shared/model/layer-edges';
import { FailureError } from '../../shared/util/failure';
import { assembleBatch, BatchScratch, type Item, splitBatch } from '../engines/batch';
import type { Engine, EngineFacts, LayerTime } from '../engines/engine';
import type { BatchAnswer, BatchOrder, EngineRef, Executor, Settled, Warmed } from '../scheduler/executor';
import { BuildReport } from './build-report';
import type { EngineAnswer, Payload } from './feeds/feed';
import { Inputs } from './inputs';
import type { Pixels } from './pictures/picture';

/** An engine on its way up. */
export interface Arrival {
  readonly ref: EngineRef;
  readonly report: BuildReport;
  /** Aborted when it is let go of before it is there. */
  readonly signal: AbortSignal;
}

export interface EngineExecutorOptions {
  /** Throws FailureError. */
  readonly load: (arrival: Arrival) => Promise<Engine>;
  /** Who is told how an engine comes up; nobody when absent. */
  readonly reportOf?: (engine: EngineRef) => BuildReport;
  /** Is told the layers of an engine each time it was warmed up. */
  readonly onLayers?: (layers: EngineLayers) => void;
  /** CLOCK_MONOTONIC at 0 of the scheduler's clock. */
  readonly epochNs: number;
  readonly nowNs: () => number;
  readonly seed: number;
  /** How a model takes the pixels of pictures; 'unit' when absent. */
  readonly pixelsOf?: (model: string) => Pixels;
}

interface Loaded {
  readonly engine: Engine;
  readonly report: BuildReport;
  readonly inputs: Inputs;
  /** Engines take a batch's numbers before infer() returns, so one is enough. */
  readonly scratch: BatchScratch;
}

/** Layers of an engine, as they were when it was warmed up. */
export interface EngineLayers {
  readonly ref: EngineRef;
  readonly precision: string;
  readonly layers: readonly LayerTime[];
  readonly edges: readonly LayerEdge[];
}

const LET_GO = 'It was let go of while it came up.';

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const isCancel = (error: unknown) => error instanceof FailureError && error.failure.code === 'buildCancelled';

/** Without an item's own arrays: one may be an answer of the same engine, which others still read. */
function lentOf(values: Item, [first]: readonly Item[]): Item {
  return Object.fromEntries(Object.entries(values).filter(([name, array]) => array !== first[name]));
}

export class EngineExecutor implements Executor {
  private readonly loaded = new Map<EngineRef, Loaded>();
  private readonly closing = new Set<Promise<void>>();
  private readonly arriving = new Set<Promise<void>>();
  /** Engines that were asked for and not let go of. */
  private readonly wanted = new Map<EngineRef, AbortController>();

  constructor(private readonly options: EngineExecutorOptions) {}

  load(ref: EngineRef, settled: Settled): void {
    const abort = new AbortController();
    this.wanted.set(ref, abort);
    const report = this.options.reportOf?.(ref) ?? new BuildReport();
    const arriving = this.options.load({ ref, report, signal: abort.signal }).then(
      (engine) => {
        // It was let go of while it loaded.
        if (this.wanted.get(ref) !== abort) {
          report.fail(LET_GO, true);
          return this.letGo(engine);
        }
        report.end();
        const { seed, pixelsOf } = this.options;
        const inputs = new Inputs(engine.facts, seed, pixelsOf?.(ref.model) ?? 'unit');
        this.loaded.set(ref, { engine, report, inputs, scratch: new BatchScratch() });
        settled();
      },
      (error) => {
        report.fail(sentenceOf(error), abort.signal.aborted || isCancel(error));
        settled(sentenceOf(error));
      },
    );
    this.arriving.add(arriving);
    arriving.finally(() => this.arriving.delete(arriving));
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
    const { report } = this.loaded.get(ref)!;
    report.begin('warming up', `batches of ${batchSizes.join(', ')}`);
    this.warm(ref, batchSizes).then(
      (durationsNs) => {
        report.end();
        warmed(undefined, durationsNs);
      },
      (error) => {
        report.fail(sentenceOf(error), !this.loaded.has(ref));
        warmed(sentenceOf(error));
      },
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

  /** Lets go of every engine, those on their way up too, and waits for them. */
  async close(): Promise<void> {
    for (const ref of [...this.wanted.keys()]) this.unload(ref);
    await Promise.allSettled(this.arriving);
    await Promise.allSettled(this.closing);
  }

  private take(ref: EngineRef): Loaded | undefined {
    const found = this.loaded.get(ref);
    this.wanted.get(ref)?.abort();
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
    const edges = engine.layerEdges?.() ?? [];
    if (layers.length > 0) this.options.onLayers?.({ ref, precision: engine.facts.precision, layers, edges });
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
    const values = assembleBatch(facts, taken, engine, scratch);
    const answer = engine.infer({ batch: id, size, inputs: values });
    engine.giveBack?.(lentOf(values, taken));
    const { outputs, startNs, durationNs } = await answer;
    const results = splitBatch(facts, outputs, size).map((each): EngineAnswer => ({ facts, outputs: each }));
    return { startNs: startNs - this.options.epochNs, durationNs, results };
  }
}
