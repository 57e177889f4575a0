// A recording of engines that a reader can check: a network of blocks with branches and skips in two precisions, two builds of which one
// failed, and one request.

import { enums } from '../../shared/model/enums';
import { batchRow, requestRow } from '../unit/renderer/scheduler/rows';
import { writeFile } from '../unit/session/recording';

const MODEL = 'detect';
const SEC = 1e9;
const READ_NS = 3 * SEC;

interface Block {
  readonly name: string;
  readonly type: string;
  /** Layers that it reads; -1 is the input. */
  readonly reads: readonly number[];
}

/** `blockCount` blocks of four layers: a convolution, two branches, and a sum that also reads what the block before gave. */
function network(blockCount: number): Block[] {
  const layers: Block[] = [];
  for (let block = 0; block < blockCount; block++) {
    const before = layers.length - 1;
    const at = layers.length;
    const name = `/model.${block}`;
    layers.push(
      { name: `${name}/conv/Conv`, type: 'Conv', reads: [before] },
      { name: `${name}/left/Conv`, type: 'Conv', reads: [at] },
      { name: `${name}/right/Sigmoid`, type: 'Sigmoid', reads: [at] },
      { name: `${name}/add/Add`, type: 'Add', reads: before >= 0 ? [at + 1, at + 2, before] : [at + 1, at + 2] },
    );
  }
  return layers;
}

const averageNsOf = (index: number, factor: number) => Math.round((2000 + ((index * 7919) % 97) * 400) * factor);

function engineRows(layers: readonly Block[], precision: string, factor: number) {
  const shared = { timeNs: READ_NS, model: MODEL, engine: `${MODEL}.${precision}` };
  const layer = layers.map(({ name, type }, index) => {
    const averageNs = averageNsOf(index, index % 4 === 2 ? 1 : factor);
    const times = { averageNs, medianNs: averageNs - 5, totalNs: averageNs * 20, offsetNs: -1 };
    return { ...shared, ...times, index, name, type, precision, batchSize: 1, runCount: 20 };
  });
  const edge = layers.flatMap(({ reads }, toLayer) =>
    reads.map((fromLayer) => ({
      ...{ ...shared, fromLayer, toLayer, shape: '1 × 64 × 80 × 80', bytes: 64 * 80 * 80 * 4 },
      tensor: fromLayer < 0 ? 'images' : `${layers[fromLayer].name}_output`,
    })),
  );
  const last = {
    ...shared,
    fromLayer: layers.length - 1,
    toLayer: -1,
    tensor: 'boxes',
    shape: '1 × 84 × 8400',
    bytes: -1,
  };
  return { layer, edge: [...edge, last] };
}

function buildRows() {
  const said = (sec: number, kind: string, phase: string, given = {}) => ({
    ...{ timeNs: sec * SEC, kind, phase, model: MODEL, version: '1', engine: 'tensorrt', precision: 'fp16' },
    ...{ severity: enums.severity.info, ...given },
  });
  const int8 = { precision: 'int8' };
  const { warning, error } = enums.severity;
  return [
    said(0.1, 'began', 'reading', { text: 'detect.onnx' }),
    said(0.2, 'done', 'reading'),
    said(0.2, 'began', 'building'),
    said(0.3, 'began', 'Tactic selection', { parent: 'building', stepCount: 40 }),
    said(0.8, 'log', 'building', { text: 'Tactic 7 of /model.0/conv/Conv takes 0.021 ms' }),
    said(1.1, 'log', 'building', { text: 'The workspace is small: 14 tactics were left out', severity: warning }),
    said(1.9, 'done', 'Tactic selection', { parent: 'building', step: 40, stepCount: 40 }),
    said(2, 'done', 'building'),
    said(2, 'began', 'loading', { text: 'detect.fp16.plan' }),
    said(2.4, 'done', 'loading'),
    said(2.5, 'began', 'warming up'),
    said(2.9, 'done', 'warming up'),
    said(2.1, 'began', 'building', int8),
    said(2.3, 'log', 'building', { ...int8, text: 'No scale for the tensor /model.3/add/Add_output', severity: error }),
    said(2.6, 'failed', 'building', { ...int8, text: 'TensorRT found no scales for INT8.', severity: error }),
  ];
}

/** Writes the recording to `path`. Every block has four layers. */
export async function writeEngineSession(path: string, blockCount: number): Promise<void> {
  const layers = network(blockCount);
  const [fp32, fp16] = [engineRows(layers, 'fp32', 1), engineRows(layers, 'fp16', 0.5)];
  const sentence = 'TensorRT found no scales for INT8.';
  await writeFile(path, {
    layer: [...fp32.layer, ...fp16.layer],
    edge: [...fp32.edge, ...fp16.edge],
    build: buildRows(),
    diagnostic: [
      {
        ...{ timeNs: 2.6 * SEC, severity: enums.severity.error, code: 'noScales', sentence },
        remedy: 'Give the workload a calibration cache, or a model with Q/DQ nodes.',
      },
    ],
    request: [requestRow(1, [3000, 3001, 3006, 3020], { batch: 1 })],
    batch: [batchRow(1, MODEL, 0, [3001, 3006])],
  });
}
