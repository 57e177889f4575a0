// How the measured layers of this engine hang together: derived from the ONNX graph and the layers' names, whatever was fused or left out.

import { deriveLayerEdges, distinctLayers, type LayerEdge } from '../../../shared/model/layer-edges';
import type { LayerTime } from '../engine';
import { isFusedOperator, type ModelOutline } from '../onnx/outline';

/** Bytes are those of `elementBytes` a number, in which the engine computes. */
export function kernelsEdges(outline: ModelOutline, layers: readonly LayerTime[], elementBytes: number): LayerEdge[] {
  return deriveLayerEdges(outline, distinctLayers(layers), {
    isFused: isFusedOperator,
    sizeOf: (value) => {
      const dims = outline.sizes.get(value)?.dims;
      return dims && { dims, bytes: dims.reduce((product, dim) => product * dim, 1) * elementBytes };
    },
  });
}
