// One ONNX Runtime session in the thread that it blocks: opened and tried with zeros, profiled while it warms up, run.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import type { LayerEdge } from '../../../shared/model/layer-edges';
import type { LayerTime, TensorFacts, TensorValues } from '../engine';
import type { OnLoadPhase } from '../loading';
import { type OnnxModel, precisionOf } from '../onnx/model';
import { type ModelOutline, outlineOf } from '../onnx/outline';
import { readOnnxFile } from '../onnx/read';
import { itemBytesOf, itemCountOf, valuesOver } from '../values';
import { checkProvider, loadOnnxruntimePackage, type Onnxruntime } from './installation';
import type { LoadedModel, OnnxruntimeOptions, Provider } from './messages';
import { optimizedPath, outlineRun, profiledEdges } from './optimized-graph';
import { type ProfiledLayer, type ProfiledRun, parseProfile } from './profile';
import { refusalOf } from './refusals';
import { type DeclaredTensor, dimsFor, outputFacts, planInputs } from './tensor-plan';

/** Before anything is timed; the second run of a size finds the memory that the first one asked for. */
const WARM_RUNS = 2;
const PROFILE_PREFIX = 'run';

export interface SessionRun {
  readonly outputs: Record<string, TensorValues>;
  readonly dims: Readonly<Record<string, readonly number[]>>;
  readonly startNs: number;
  readonly durationNs: number;
}

function providersOf(provider: Provider, deviceId: number): InferenceSession.ExecutionProviderConfig[] {
  if (provider === 'cpu') return ['cpu'];
  // What TensorRT does not take goes to CUDA, and what that does not take to the CPU.
  const chain = provider === 'tensorrt' ? ['tensorrt', 'cuda'] : ['cuda'];
  return [...chain.map((name) => ({ name, deviceId }) as InferenceSession.ExecutionProviderConfig), 'cpu'];
}

const declaredOf = (all: readonly InferenceSession.ValueMetadata[]): DeclaredTensor[] =>
  all.map((each) =>
    each.isTensor
      ? { name: each.name, element: each.type, shape: each.shape }
      : { name: each.name, element: 'no tensor', shape: [] },
  );

export class OnnxruntimeSession {
  private readonly runs: ProfiledRun[] = [];
  private model!: LoadedModel;
  private outline: ModelOutline | undefined;
  private isProfiling: boolean;

  private constructor(
    private readonly onnxruntime: Onnxruntime,
    private readonly session: InferenceSession,
    private readonly options: OnnxruntimeOptions,
    private readonly profileFolder: string | undefined,
  ) {
    this.isProfiling = profileFolder !== undefined;
  }

  /** Reads the file, opens the session and runs it once. Throws FailureError. */
  static async open(options: OnnxruntimeOptions, onPhase?: OnLoadPhase): Promise<OnnxruntimeSession> {
    const { name, provider = 'cpu', modelPath, threads = availableParallelism() } = options;
    const onnxruntime = loadOnnxruntimePackage();
    checkProvider(provider);
    onPhase?.('reading');
    const file = readOnnxFile(modelPath);
    onPhase?.('loading');
    const profileFolder = options.profiledRuns ? mkdtempSync(join(tmpdir(), 'hookanalyzer-profile-')) : undefined;
    let session: InferenceSession | undefined;
    const create = (graphPath: string | undefined) =>
      onnxruntime.InferenceSession.create(modelPath, {
        executionProviders: providersOf(provider, options.deviceIndex ?? 0),
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        graphOptimizationLevel: 'all',
        logSeverityLevel: 4, // fatal; the rest comes as errors
        // Threads that wait in a loop would take the cores from the other engines.
        extra: { session: { intra_op: { allow_spinning: '0' } } },
        ...(profileFolder && { enableProfiling: true, profileFilePrefix: join(profileFolder, PROFILE_PREFIX) }),
        ...(graphPath && { optimizedModelFilePath: graphPath }),
      });
    try {
      // What TensorRT compiles cannot be written down.
      const graphPath = profileFolder && provider !== 'tensorrt' ? optimizedPath(profileFolder, modelPath) : undefined;
      const created = await create(graphPath).catch((error) => (graphPath ? create(undefined) : Promise.reject(error)));
      session = created;
      const opened = new OnnxruntimeSession(onnxruntime, created, options, profileFolder);
      await opened.tryOut(file);
      if (profileFolder) opened.outline = outlineRun(profileFolder, () => outlineOf(file, opened.oneItem));
      return opened;
    } catch (error) {
      await session?.release();
      if (profileFolder) rmSync(profileFolder, { recursive: true, force: true });
      throw refusalOf(error, name, file);
    }
  }

  get loaded(): LoadedModel {
    return this.model;
  }

  /** Runs once, which tells the outputs' sizes and whether the inputs' fit. */
  private async tryOut(file: OnnxModel): Promise<void> {
    const { name, provider = 'cpu' } = this.options;
    const inputs = declaredOf(this.session.inputMetadata);
    const outputs = declaredOf(this.session.outputMetadata);
    const plan = planInputs(name, { inputs, outputs }, this.options);
    const size = plan.fixedSize ?? 1;
    const { dims } = await this.runZeros(plan.inputs, size, false);
    const hasBatch = plan.inputs.some(({ shape }) => shape[0] === -1);
    const weights = [...file.graph.initializers.values()];
    this.model = {
      facts: {
        name,
        kind: 'onnxruntime',
        device: provider === 'cpu' ? 'cpu' : 'cuda',
        precision: precisionOf(file.graph),
        inputs: plan.inputs,
        outputs: outputs.map((output) => outputFacts(output, name, dims[output.name], size, hasBatch)),
        batchMax: plan.batchMax,
      },
      fixedSize: plan.fixedSize,
      weightsBytes: weights.reduce((sum, { bytes }) => sum + bytes.length, 0),
    };
  }

  /** Dims of the inputs at the smallest batch. */
  private get oneItem(): Record<string, number[]> {
    const { facts, fixedSize = 1 } = this.model;
    return Object.fromEntries(facts.inputs.map(({ name, shape }) => [name, dimsFor(shape, fixedSize)] as const));
  }

  private runZeros(inputs: readonly TensorFacts[], size: number, isCounted: boolean): Promise<SessionRun> {
    const zeros = inputs.map(({ name, element, shape }) => {
      const items = shape.includes(-1) ? size : 1;
      const buffer = new ArrayBuffer(items * itemBytesOf(element, shape));
      return [name, valuesOver(element, buffer, items * itemCountOf(shape))] as const;
    });
    return this.runAs(inputs, Object.fromEntries(zeros), size, isCounted);
  }

  private async runAs(
    inputs: readonly TensorFacts[],
    values: Readonly<Record<string, TensorValues>>,
    size: number,
    isCounted: boolean,
  ): Promise<SessionRun> {
    const { Tensor } = this.onnxruntime;
    type Values = ConstructorParameters<typeof Tensor>[1] & TensorValues;
    const feeds = inputs.map(({ name, element, shape }) => {
      return [name, new Tensor(element as 'float32', values[name] as Values, dimsFor(shape, size))] as const;
    });
    if (this.isProfiling) this.runs.push({ size, isCounted });
    const start = process.hrtime.bigint();
    const results = await this.session.run(Object.fromEntries(feeds));
    const end = process.hrtime.bigint();
    const named = this.session.outputNames.map((name) => [name, results[name]] as const);
    return {
      outputs: Object.fromEntries(named.map(([name, { data }]) => [name, data as TensorValues])),
      dims: Object.fromEntries(named.map(([name, { dims }]) => [name, dims])),
      startNs: Number(start),
      durationNs: Number(end - start),
    };
  }

  /** Runs a batch of what facts say, or as many items as the model insists on. Throws FailureError. */
  async run(values: Readonly<Record<string, TensorValues>>, size: number): Promise<SessionRun> {
    try {
      return await this.runAs(this.model.facts.inputs, values, size, false);
    } catch (error) {
      throw refusalOf(error, this.options.name);
    }
  }

  /** Runs each size a few times. Gives the layers' times the first time, when the options ask for them. Throws FailureError. */
  async warmUp(sizes: readonly number[]): Promise<{ layers: LayerTime[]; edges: LayerEdge[] }> {
    const { profiledRuns = 0 } = this.options;
    try {
      for (const size of this.model.fixedSize ? [this.model.fixedSize] : sizes) {
        const runCount = WARM_RUNS + (this.isProfiling ? profiledRuns : 0);
        for (let run = 0; run < runCount; run += 1) {
          await this.runZeros(this.model.facts.inputs, size, run >= WARM_RUNS);
        }
      }
    } catch (error) {
      throw refusalOf(error, this.options.name);
    }
    const profiled = this.endProfile();
    const { outline } = this;
    const edges = outline ? profiledEdges(outline, profiled, this.model.facts.inputs) : [];
    this.outline = undefined;
    return { layers: profiled.map(({ outputs: _outputs, ...layer }) => layer), edges };
  }

  private endProfile(): ProfiledLayer[] {
    if (!this.isProfiling || !this.profileFolder) return [];
    this.isProfiling = false;
    this.session.endProfiling();
    try {
      const file = readdirSync(this.profileFolder).find((name) => name.startsWith(PROFILE_PREFIX));
      return parseProfile(file ? readFileSync(join(this.profileFolder, file), 'utf8') : '', this.runs);
    } finally {
      rmSync(this.profileFolder, { recursive: true, force: true });
    }
  }

  async close(): Promise<void> {
    if (this.isProfiling) this.session.endProfiling(); // else releasing writes it into a folder that is gone
    await this.session.release();
    if (this.profileFolder) rmSync(this.profileFolder, { recursive: true, force: true });
  }
}
