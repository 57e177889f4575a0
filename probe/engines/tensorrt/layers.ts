// The inspector's JSON: every key is optional, and a plan built with names only lists plain strings.

import { z } from 'zod';
import { inspectorSize } from '../../../shared/model/inspector-size';
import { deriveLayerEdges, distinctLayers, type LayerEdge, type ValueSize } from '../../../shared/model/layer-edges';
import type { LayerTime } from '../engine';

const tensorSchema = z.object({
  Name: z.string(),
  Dimensions: z.array(z.number()).default([]),
  'Format/Datatype': z.string().optional(),
  Format: z.string().optional(),
});
const tensors = z
  .array(tensorSchema)
  .catch([])
  .default([])
  .transform((all) => {
    return all.map(({ Name, Dimensions, Format, ...rest }) => {
      return { name: Name, size: inspectorSize(Dimensions, rest['Format/Datatype'] ?? Format ?? '') };
    });
  });
const layerSchema = z.union([
  z.string().transform((name): LayerKind => ({ name, type: '', inputs: [], outputs: [] })),
  z
    .object({ Name: z.string().default(''), LayerType: z.string().default(''), Inputs: tensors, Outputs: tensors })
    .transform(({ Name, LayerType, Inputs, Outputs }): LayerKind => {
      return { name: Name, type: LayerType, inputs: Inputs, outputs: Outputs };
    }),
]);
const inspectorSchema = z.object({ Layers: z.array(layerSchema).default([]) });

interface LayerTensor {
  readonly name: string;
  readonly size: ValueSize | undefined;
}

export interface LayerKind {
  readonly name: string;
  /** Such as CaskConvolution; empty when the plan keeps names only. */
  readonly type: string;
  /** Empty when the plan keeps names only. */
  readonly inputs: readonly LayerTensor[];
  readonly outputs: readonly LayerTensor[];
}

/** The layers in their order; none when the text is not what the inspector writes. */
export function parseLayers(text: string): readonly LayerKind[] {
  try {
    return inspectorSchema.safeParse(JSON.parse(text)).data?.Layers ?? [];
  } catch {
    return [];
  }
}

/** How the measured layers hang together; none when the plan keeps names only. `inputs` and `outputs` are the engine's own. */
export function inspectedEdges(
  kinds: readonly LayerKind[],
  measured: readonly LayerTime[],
  { inputs, outputs }: { readonly inputs: readonly string[]; readonly outputs: readonly string[] },
): LayerEdge[] {
  const sizes = new Map(
    kinds.flatMap((kind) => [...kind.inputs, ...kind.outputs]).map(({ name, size }) => [name, size]),
  );
  const namesOf = (all: readonly LayerTensor[]) => all.map(({ name }) => name);
  const nodes = kinds.map(({ name, type, ...rest }) => {
    return { name, operator: type, inputs: namesOf(rest.inputs), outputs: namesOf(rest.outputs) };
  });
  // A layer of the inspector that is not timed does nothing on its own.
  const options = { isFused: () => false, sizeOf: (value: string) => sizes.get(value) };
  return deriveLayerEdges({ nodes, inputs, outputs }, distinctLayers(measured), options);
}
