// The graph that ONNX Runtime really runs: it writes it down when it is asked to, and its nodes have the names of the profile. What it
// writes holds the weights too, so it is asked only for models of moderate size; of others the edges come from the file's own graph.

import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { deriveLayerEdges, distinctLayers, type LayerEdge } from '../../../shared/model/layer-edges';
import { FailureError } from '../../../shared/util/failure';
import type { TensorFacts } from '../engine';
import { isFusedOperator, type ModelOutline, outlineOf, valueSize } from '../onnx/outline';
import { readOnnxFile } from '../onnx/read';
import type { ProfiledLayer } from './profile';

const MODEL_BYTES_MAX = 256 * 2 ** 20;
const FILE_NAME = 'optimized.onnx';

/** Where the graph is to be written; undefined for a model that is too large for that. */
export function optimizedPath(folder: string, modelPath: string): string | undefined {
  return statSync(modelPath).size <= MODEL_BYTES_MAX ? join(folder, FILE_NAME) : undefined;
}

/** The graph that was written into `folder`; `otherwise` where there is none. */
export function outlineRun(folder: string, otherwise: () => ModelOutline): ModelOutline {
  const path = join(folder, FILE_NAME);
  if (!existsSync(path)) return otherwise();
  try {
    return outlineOf(readOnnxFile(path));
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    return otherwise(); // a type of its own that our reader does not know
  }
}

/** Sizes are those that the smallest measured batch had, and those that the facts give an input. */
export function profiledEdges(
  outline: ModelOutline,
  layers: readonly ProfiledLayer[],
  inputs: readonly TensorFacts[],
): LayerEdge[] {
  const distinct = distinctLayers(layers);
  return deriveLayerEdges(outline, distinct, {
    isFused: isFusedOperator,
    sizeOf: (value, layer, position) => {
      const input = inputs.find(({ name }) => name === value);
      if (layer >= 0) return distinct[layer].outputs[position] ?? outline.sizes.get(value);
      return (
        input &&
        valueSize(
          input.element,
          input.shape.map((dim) => (dim === -1 ? 1 : dim)),
        )
      );
    },
  });
}
