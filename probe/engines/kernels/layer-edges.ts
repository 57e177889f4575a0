// How the measured layers of this engine hang together: derived from the ONNX graph and the layers' names, whatever was fused or left out.

import { deriveLayerEdges, distinctLayers, type LayerEdge } from '../../../shared/model/layer-edges';
import type { LayerTime } from '../engine';
import { inferShapes } from '../onnx/infer-shapes';
import { elementCountOf, nodeTitle, type OnnxModel } from '../onnx/model';
import { isFusedOperator, outlineOf } from '../onnx/outline';
import { HalfForms } from './forms';
import { findFusions } from './fuse';
import type { Precision } from './plan';

const HALF_BYTES = 2;
const SINGLE_BYTES = 4;

/** Values that lie in memory as halves. */
function halvesOf(model: OnnxModel, inputDims: Readonly<Record<string, readonly number[]>>): ReadonlySet<string> {
  const { shapes } = inferShapes(model, inputDims);
  const forms = new HalfForms(model.graph, shapes, findFusions(model.graph));
  return new Set([...shapes.keys()].filter((name) => forms.formOf(name).element === 'f16'));
}

/** `inputDims` are those of one item. The weights of the model are not kept. */
export function kernelsEdges(
  model: OnnxModel,
  inputDims: Readonly<Record<string, readonly number[]>>,
  precision: Precision,
): (layers: readonly LayerTime[]) => LayerEdge[] {
  const outline = outlineOf(model, inputDims, nodeTitle);
  const halves = precision === 'fp16' ? halvesOf(model, inputDims) : new Set();
  return (layers) =>
    deriveLayerEdges(outline, distinctLayers(layers), {
      isFused: isFusedOperator,
      sizeOf: (value) => {
        const dims = outline.sizes.get(value)?.dims;
        return dims && { dims, bytes: elementCountOf(dims) * (halves.has(value) ? HALF_BYTES : SINGLE_BYTES) };
      },
    });
}
