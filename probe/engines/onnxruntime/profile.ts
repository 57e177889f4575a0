// ONNX Runtime's profile: a Chrome trace with an event a node and run, which becomes a time a layer. Times are microseconds from the session's
// start. With a GPU provider a node's time is that of its launch on the CPU, and TensorRT shows one node for all that it fused.

import type { ValueSize } from '../../../shared/model/layer-edges';
import { NS_PER_US } from '../../../shared/units/units';
import { failure } from '../../../shared/util/failure';
import type { LayerTime } from '../engine';
import { outputSizes } from './profile-sizes';

/** One run of the profiled session, in their order. */
export interface ProfiledRun {
  readonly size: number;
  /** False of a first run, which pays for what later ones find done. */
  readonly isCounted: boolean;
}

interface ProfileEvent {
  readonly cat?: string;
  readonly name?: string;
  readonly ts?: number;
  readonly dur?: number;
  readonly args?: { readonly op_name?: string; readonly node_index?: string; readonly output_type_shape?: unknown };
}

export interface ProfiledLayer extends LayerTime {
  /** What it made, by the output's position. */
  readonly outputs: readonly (ValueSize | undefined)[];
}

const NODE_SUFFIX = '_kernel_time';

interface Gathered {
  readonly name: string;
  readonly type: string;
  readonly batchSize: number;
  readonly offsetsNs: number[];
  readonly durationsNs: number[];
  readonly outputs: ProfiledLayer['outputs'];
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function parseEvents(text: string): ProfileEvent[] {
  try {
    const events: unknown = JSON.parse(text);
    if (Array.isArray(events)) return events.filter((each) => typeof each === 'object' && each !== null);
  } catch {
    // Said below, as for any other text.
  }
  throw failure('profileUnreadable', "ONNX Runtime's profile is no list of events.", 'Run without profiled runs.');
}

const startOf = ({ ts = 0 }: ProfileEvent) => ts;
const endOf = ({ ts = 0, dur = 0 }: ProfileEvent) => ts + dur;

/**
 * Layers in the order in which they first ran, for each batch size. `runs` are those that the file holds, in their order; their number must
 * fit. Throws FailureError profileUnreadable.
 */
export function parseProfile(text: string, runs: readonly ProfiledRun[]): ProfiledLayer[] {
  const events = parseEvents(text);
  const spans = events.filter(({ name }) => name === 'model_run').sort((left, right) => startOf(left) - startOf(right));
  if (spans.length !== runs.length) {
    const sentence = `ONNX Runtime's profile holds ${spans.length} runs instead of ${runs.length}.`;
    throw failure('profileUnreadable', sentence, 'Run without profiled runs.');
  }
  const nodes = events.filter(({ cat, name }) => cat === 'Node' && name?.endsWith(NODE_SUFFIX));
  nodes.sort((left, right) => startOf(left) - startOf(right));
  const layers = new Map<string, Gathered>();
  let next = 0;
  for (const [index, span] of spans.entries()) {
    const { size, isCounted } = runs[index];
    while (next < nodes.length && startOf(nodes[next]) < startOf(span)) next += 1;
    for (; next < nodes.length && startOf(nodes[next]) <= endOf(span); next += 1) {
      const node = nodes[next];
      if (!isCounted || typeof node.dur !== 'number') continue;
      const name = (node.name ?? '').slice(0, -NODE_SUFFIX.length);
      const key = `${size} ${node.args?.node_index ?? ''} ${name}`;
      const type = node.args?.op_name ?? '';
      const layer = layers.get(key) ?? {
        ...{ name, type, batchSize: size, offsetsNs: [], durationsNs: [] },
        outputs: outputSizes(node.args?.output_type_shape),
      };
      layers.set(key, layer);
      layer.offsetsNs.push((startOf(node) - startOf(span)) * NS_PER_US);
      layer.durationsNs.push(node.dur * NS_PER_US);
    }
  }
  return [...layers.values()].map(({ name, type, batchSize, offsetsNs, durationsNs, outputs }) => {
    const runCount = durationsNs.length;
    const totalNs = sum(durationsNs);
    const offsetNs = sum(offsetsNs) / runCount;
    const medianNs = medianOf(durationsNs);
    return { name, type, batchSize, runCount, offsetNs, averageNs: totalNs / runCount, medianNs, totalNs, outputs };
  });
}
