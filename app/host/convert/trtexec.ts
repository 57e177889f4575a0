// The three files that trtexec exports, told apart by what is in them: layer times, the engine inspector's layers, and the times of each run. Every
// key may be missing: which ones there are depends on TensorRT's version and on the engine's verbosity. Pure.
//
//   --exportProfile     [ {"count": N}, {"name", "timeMs", "averageMs", "medianMs" since 8.6, "percentage"} ... ]
//   --exportLayerInfo   {"Layers": [ names, or objects when built with detailed verbosity ], "Bindings": [ names ]}
//   --exportTimes       [ {"startEnqMs", "startH2dMs" ("startInMs" before 8.2), "startComputeMs", "startD2hMs" ("startOutMs") ... } ... ]

import { NS_PER_MS } from '../../../shared/units/units';
import { failure } from '../../../shared/util/failure';
import { foreign, isObject, type JsonObject, numberOf, parseNearJson, textOf } from './trtexec-text';

/** Times in nanoseconds; -1 where the file does not say. */
export interface TrtexecLayer {
  readonly name: string;
  readonly runCount: number;
  readonly totalNs: number;
  readonly averageNs: number;
  readonly medianNs: number;
  /** Of the sum of all layers, 0 to 1. */
  readonly shareRatio: number;
}

export interface InspectorTensor {
  readonly name: string;
  readonly dims: readonly number[];
  /** Layout and element type in TensorRT's words. */
  readonly format: string;
}

export interface InspectorLayer {
  readonly name: string;
  /** '' where the engine was built without detailed verbosity. */
  readonly type: string;
  readonly inputs: readonly InspectorTensor[];
  readonly outputs: readonly InspectorTensor[];
  /** Of the ONNX nodes that became this layer, as far as it tells. */
  readonly onnxNodes: readonly string[];
  readonly tactic: string;
  /** -1 where the file does not say. */
  readonly stream: number;
  /** Numbers in its weights; -1 where the file does not say. */
  readonly weightCount: number;
  readonly weightElement: string;
  /** Every other key, as the file has it. */
  readonly others: JsonObject;
}

/** One run; nanoseconds of trtexec's own clock, -1 where the file does not say. */
export interface TrtexecRun {
  readonly enqueueStartNs: number;
  readonly enqueueNs: number;
  readonly copyInStartNs: number;
  readonly copyInNs: number;
  readonly computeStartNs: number;
  readonly computeNs: number;
  readonly copyOutStartNs: number;
  readonly copyOutNs: number;
  readonly latencyNs: number;
}

export type TrtexecFile =
  | { readonly kind: 'profile'; readonly layers: readonly TrtexecLayer[] }
  | { readonly kind: 'layerInfo'; readonly layers: readonly InspectorLayer[]; readonly bindings: readonly string[] }
  | { readonly kind: 'times'; readonly runs: readonly TrtexecRun[] };

const nsOf = (ms: number | undefined) => (ms === undefined ? -1 : ms * NS_PER_MS);

function parseProfile(rows: readonly JsonObject[]): TrtexecLayer[] {
  const runCount = rows.map((row) => numberOf(row, 'count')).find((count) => count !== undefined);
  const named = rows.filter((row) => typeof row.name === 'string');
  const totals = named.map((row) => {
    const average = numberOf(row, 'averageMs');
    const total = average === undefined || runCount === undefined ? undefined : average * runCount;
    return numberOf(row, 'timeMs') ?? total;
  });
  const sumMs = totals.reduce((sum: number, total) => sum + (total ?? 0), 0);
  return named.map((row, index) => {
    const totalMs = totals[index];
    const mean = totalMs === undefined || !runCount ? undefined : totalMs / runCount;
    const percent = numberOf(row, 'percentage');
    const share = totalMs === undefined || sumMs === 0 ? -1 : totalMs / sumMs;
    return {
      name: textOf(row, 'name'),
      runCount: runCount ?? -1,
      totalNs: nsOf(totalMs),
      averageNs: nsOf(numberOf(row, 'averageMs') ?? mean),
      medianNs: nsOf(numberOf(row, 'medianMs')),
      shareRatio: percent === undefined ? share : percent / 100,
    };
  });
}

function tensorsOf(value: unknown): InspectorTensor[] {
  if (!Array.isArray(value)) return [];
  return value.map((each) => {
    if (!isObject(each)) return { name: String(each), dims: [], format: '' };
    const dims = Array.isArray(each.Dimensions) ? each.Dimensions : [];
    const numbers = dims.filter((dim): dim is number => typeof dim === 'number');
    return {
      name: textOf(each, 'Name'),
      dims: numbers,
      format: textOf(each, 'Format/Datatype') || textOf(each, 'Format'),
    };
  });
}

const READ_KEYS = new Set(['Name', 'LayerType', 'Inputs', 'Outputs', 'Metadata', 'TacticName', 'StreamId', 'Weights']);

function inspectorLayer(layer: unknown): InspectorLayer {
  const row = isObject(layer) ? layer : { Name: String(layer) };
  const weights = isObject(row.Weights) ? row.Weights : {};
  const onnxNodes = Array.from(textOf(row, 'Metadata').matchAll(/\[ONNX Layer: ([^\]]*)\]/g), ([, name]) => name);
  return {
    name: textOf(row, 'Name'),
    type: textOf(row, 'LayerType'),
    inputs: tensorsOf(row.Inputs),
    outputs: tensorsOf(row.Outputs),
    onnxNodes,
    tactic: textOf(row, 'TacticName') || textOf(row, 'TacticValue'),
    stream: numberOf(row, 'StreamId') ?? -1,
    weightCount: numberOf(weights, 'Count') ?? -1,
    weightElement: textOf(weights, 'Type'),
    others: Object.fromEntries(Object.entries(row).filter(([key]) => !READ_KEYS.has(key))),
  };
}

function parseRun(row: JsonObject): TrtexecRun {
  const span = (start: number | undefined, end: number | undefined, told?: number) =>
    nsOf(told ?? (start === undefined || end === undefined ? undefined : end - start));
  const [enqueueStart, enqueueEnd] = [numberOf(row, 'startEnqMs'), numberOf(row, 'endEnqMs')];
  const [inStart, inEnd] = [numberOf(row, 'startH2dMs', 'startInMs'), numberOf(row, 'endH2dMs', 'endInMs')];
  const [computeStart, computeEnd] = [numberOf(row, 'startComputeMs'), numberOf(row, 'endComputeMs')];
  const [outStart, outEnd] = [numberOf(row, 'startD2hMs', 'startOutMs'), numberOf(row, 'endD2hMs', 'endOutMs')];
  return {
    enqueueStartNs: nsOf(enqueueStart),
    enqueueNs: span(enqueueStart, enqueueEnd),
    copyInStartNs: nsOf(inStart),
    copyInNs: span(inStart, inEnd, numberOf(row, 'h2dMs', 'inMs')),
    computeStartNs: nsOf(computeStart),
    computeNs: span(computeStart, computeEnd, numberOf(row, 'computeMs')),
    copyOutStartNs: nsOf(outStart),
    copyOutNs: span(outStart, outEnd, numberOf(row, 'd2hMs', 'outMs')),
    latencyNs: nsOf(numberOf(row, 'latencyMs')),
  };
}

const isRun = (row: JsonObject) => ['computeMs', 'latencyMs', 'startComputeMs', 'startEnqMs'].some((key) => key in row);

/**
 * Which of the three files `text` is, and what it says; `title` is how a sentence calls it. Throws FailureError trtexecForeign,
 * trtexecTruncated, or trtexecEmpty when there is no layer or run in it.
 */
export function parseTrtexec(text: string, title: string): TrtexecFile {
  const parsed = parseNearJson(text, title);
  if (isObject(parsed)) {
    if (!Array.isArray(parsed.Layers)) throw foreign(title, 'JSON without a list of layers');
    const bindings = Array.isArray(parsed.Bindings) ? parsed.Bindings.map(String) : [];
    if (parsed.Layers.length === 0)
      throw failure('trtexecEmpty', `${title} lists no layer.`, 'Build the engine with --profilingVerbosity=detailed.');
    return { kind: 'layerInfo', layers: parsed.Layers.map(inspectorLayer), bindings };
  }
  if (!Array.isArray(parsed)) throw foreign(title, 'neither a list nor an engine');
  const rows = parsed.filter(isObject);
  if (rows.some(isRun)) return { kind: 'times', runs: rows.filter(isRun).map(parseRun) };
  const layers = parseProfile(rows);
  if (layers.length > 0) return { kind: 'profile', layers };
  if (rows.length === parsed.length && rows.every((row) => numberOf(row, 'count') !== undefined)) {
    throw failure(
      'trtexecEmpty',
      `${title} holds no layer and no run.`,
      'Let trtexec run at least once, without --skipInference.',
    );
  }
  throw foreign(title, 'a list of neither layers nor runs');
}

/** The version in trtexec's output, such as 10.3.0 from [TensorRT v100300] and 8.5.2 from v8502; undefined without one. */
export function trtexecVersion(output: string): string | undefined {
  const number = Number(/\[TensorRT v(\d+)\]/.exec(output)?.[1] ?? Number.NaN);
  if (Number.isNaN(number)) return undefined;
  // Since 10 a version has two digits for the minor and two for the patch; before, one and two.
  const majorUnit = number >= 100_000 ? 10_000 : 1000;
  return [Math.floor(number / majorUnit), Math.floor((number % majorUnit) / 100), number % 100].join('.');
}

/** The profile's layers with what the inspector says about them, by name; undefined where it does not know the name. */
export function joinInspector(
  layers: readonly TrtexecLayer[],
  inspected: readonly InspectorLayer[],
): { readonly layer: TrtexecLayer; readonly inspected: InspectorLayer | undefined }[] {
  const byName = new Map(inspected.map((each) => [each.name, each]));
  return layers.map((layer) => ({ layer, inspected: byName.get(layer.name) }));
}
