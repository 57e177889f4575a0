// One engine's trtexec files as rows of a session. Pure.
//
//   a layer of the profile, or of the engine where there is no profile ▸ `layer`   a tensor from one layer to another ▸ `edge`
//   a run's compute time ▸ `batch`                                                  a run with its two copies         ▸ `request`
//
// Not taken over: how long the host took to enqueue a run.

import type { RowOf } from '../../../shared/model/column';
import { enums } from '../../../shared/model/enums';
import { inspectorSize } from '../../../shared/model/inspector-size';
import { deriveLayerEdges } from '../../../shared/model/layer-edges';
import type { Tables } from '../../../shared/wire/tables';
import { type InspectorLayer, type InspectorTensor, joinInspector, type TrtexecFile, type TrtexecRun } from './trtexec';

type FileOf<K extends TrtexecFile['kind']> = Extract<TrtexecFile, { kind: K }>;

/** What was given of one engine. */
export interface TrtexecEngine {
  /** Unique in its session. */
  readonly engine: string;
  readonly model: string;
  readonly profile?: FileOf<'profile'>;
  readonly layerInfo?: FileOf<'layerInfo'>;
  readonly times?: FileOf<'times'>;
  /** Told by whoever imports; else what the engine's own words let on. */
  readonly precision?: string;
  readonly batchSize?: number;
}

export interface TrtexecRows {
  readonly layer: RowOf<Tables['layer']>[];
  readonly edge: RowOf<Tables['edge']>[];
  readonly batch: RowOf<Tables['batch']>[];
  readonly request: RowOf<Tables['request']>[];
  /** The files do not say how many items a batch has; 1 stands in the rows. */
  readonly isBatchSizeUnknown: boolean;
  /** Layers that were timed and that the file with the engine's layers, which was given too, does not have. */
  readonly strangeLayerCount: number;
}

/** TensorRT's names of what weights and tensors hold, by how a person calls them. */
const PRECISIONS: readonly (readonly [RegExp, string])[] = [
  [/\b(?:U?INT8)\b/i, 'int8'],
  [/\bFP8\b/i, 'fp8'],
  [/\bBF(?:loat)?16\b/i, 'bf16'],
  [/\b(?:FP16|half)\b/i, 'fp16'],
  [/\b(?:FP32|float)\b/i, 'fp32'],
];
const precisionIn = (words: string) => PRECISIONS.find(([pattern]) => pattern.test(words))?.[1];

/** What most of the weights are stored in; without weights, what most of the layers write. 'unknown' when nothing says. */
function precisionOf(layers: readonly InspectorLayer[]): string {
  const weights = new Map<string, number>();
  const outputs = new Map<string, number>();
  const add = (counts: Map<string, number>, precision: string | undefined, count: number) => {
    if (precision) counts.set(precision, (counts.get(precision) ?? 0) + count);
  };
  for (const { weightElement, weightCount, outputs: written } of layers) {
    add(weights, precisionIn(weightElement), Math.max(1, weightCount));
    for (const { format } of written) add(outputs, precisionIn(format), 1);
  }
  const most = [...(weights.size > 0 ? weights : outputs)].sort(([, left], [, right]) => right - left);
  return most[0]?.[0] ?? 'unknown';
}

interface Ends {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** The engine's bindings that no layer writes are its inputs, the others its outputs. */
function endsOf({ layers, bindings }: FileOf<'layerInfo'>): Ends {
  const written = new Set(layers.flatMap(({ outputs }) => outputs.map(({ name }) => name)));
  return {
    inputs: bindings.filter((name) => !written.has(name)),
    outputs: bindings.filter((name) => written.has(name)),
  };
}

const tensorsOf = (layers: readonly InspectorLayer[]): Map<string, InspectorTensor> =>
  new Map(layers.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]).map((tensor) => [tensor.name, tensor]));

/** The first number of the first input; undefined where it is open or unknown. */
function batchSizeOf(info: FileOf<'layerInfo'> | undefined): number | undefined {
  if (!info) return undefined;
  const tensors = tensorsOf(info.layers);
  const [first] = endsOf(info).inputs.flatMap((name) => tensors.get(name) ?? []);
  const size = first?.dims[0];
  return size !== undefined && size > 0 ? size : undefined;
}

interface NamedLayer {
  readonly name: string;
  readonly type: string;
  readonly runCount: number;
  readonly averageNs: number;
  readonly medianNs: number;
  readonly totalNs: number;
}

/** Those that were timed; without a profile those of the engine, which ran 0 times. */
function layersOf({ profile, layerInfo }: TrtexecEngine): NamedLayer[] {
  if (profile) {
    return joinInspector(profile.layers, layerInfo?.layers ?? []).map(({ layer, inspected }) => {
      return { ...layer, type: inspected?.type ?? '', runCount: Math.max(0, layer.runCount) };
    });
  }
  const untimed = { runCount: 0, averageNs: -1, medianNs: -1, totalNs: -1 };
  return (layerInfo?.layers ?? []).map(({ name, type }) => ({ name, type, ...untimed }));
}

function edgesOf(given: TrtexecEngine, layers: readonly NamedLayer[], timeNs: number): RowOf<Tables['edge']>[] {
  const { layerInfo, model, engine } = given;
  if (!layerInfo) return [];
  const names = (tensors: readonly InspectorTensor[]) => tensors.map(({ name }) => name);
  const nodes = layerInfo.layers.map(({ name, type, inputs, outputs }) => {
    return { name, operator: type, inputs: names(inputs), outputs: names(outputs) };
  });
  const tensors = tensorsOf(layerInfo.layers);
  const edges = deriveLayerEdges({ nodes, ...endsOf(layerInfo) }, layers, {
    isFused: () => false,
    sizeOf: (value) => {
      const tensor = tensors.get(value);
      return tensor && inspectorSize(tensor.dims, tensor.format);
    },
  });
  return edges.map(({ from, to, tensor, dims, bytes }) => {
    return { timeNs, bytes, fromLayer: from, toLayer: to, model, engine, tensor, shape: dims?.join(' × ') ?? '' };
  });
}

/** Of trtexec's clock; what the file does not say is taken from the moment beside it. */
function momentsOf(run: TrtexecRun) {
  const { enqueueStartNs, copyInStartNs, copyInNs, computeStartNs, computeNs, copyOutStartNs, copyOutNs } = run;
  const known = (...values: number[]) => values.find((value) => value >= 0) ?? 0;
  const after = (startNs: number, tookNs: number) => (startNs < 0 ? -1 : startNs + Math.max(0, tookNs));
  const beginNs = known(copyInStartNs, computeStartNs, enqueueStartNs);
  const startNs = known(computeStartNs, after(copyInStartNs, copyInNs), beginNs);
  const endNs = known(after(copyOutStartNs, copyOutNs), after(startNs, computeNs));
  return { beginNs, startNs, endNs: Math.max(endNs, startNs), computeNs };
}

const NO_REQUEST = {
  ...{ deadlineNs: -1, batchWaitNs: 0, parent: 0, key: 0, priority: 1, stage: 0, tier: 0 },
  ...{ outcome: enums.requestOutcome.completed, version: '', reason: '' },
};
const NO_BATCH = { predictedNs: -1, stream: 0, tier: 0, isOk: 1, version: '', neighbours: '' };

function strangeLayers({ profile, layerInfo }: TrtexecEngine): number {
  if (!profile || !layerInfo) return 0;
  return joinInspector(profile.layers, layerInfo.layers).filter(({ inspected }) => inspected === undefined).length;
}

/** `batchFrom` numbers the runs, so that those of two engines differ. */
export function trtexecRows(given: TrtexecEngine, batchFrom: number): TrtexecRows {
  const { engine, model, layerInfo, times } = given;
  const runs = (times?.runs ?? []).map((run, index) => ({ ...momentsOf(run), id: batchFrom + index }));
  const timeNs = runs.reduce((latest, { endNs }) => Math.max(latest, endNs), 0);
  const toldSize = given.batchSize ?? batchSizeOf(layerInfo);
  const batchSize = toldSize ?? 1;
  const precision = given.precision ?? precisionOf(layerInfo?.layers ?? []);
  const layers = layersOf(given);
  return {
    layer: layers.map((layer, index) => {
      const { name, type, runCount, averageNs, medianNs, totalNs } = layer;
      const measured = { runCount, averageNs, medianNs, totalNs, offsetNs: -1 };
      return { timeNs, ...measured, batchSize, index, model, engine, precision, name, type };
    }),
    edge: edgesOf(given, layers, timeNs),
    batch: runs.map(({ id, startNs, computeNs }) => {
      return { startNs, durationNs: computeNs, batch: id, requestCount: batchSize, model, engine, ...NO_BATCH };
    }),
    request: runs.map(({ id, beginNs, startNs, endNs }) => {
      return {
        arrivalNs: beginNs,
        dispatchNs: startNs,
        completionNs: endNs,
        request: id,
        batch: id,
        model,
        ...NO_REQUEST,
      };
    }),
    isBatchSizeUnknown: toldSize === undefined,
    strangeLayerCount: strangeLayers(given),
  };
}
