// The inspector's JSON: every key is optional, and a plan built with names only lists plain strings.

import { z } from 'zod';

const layerSchema = z.union([
  z.string().transform((name) => ({ name, type: '' })),
  z.object({ Name: z.string().default(''), LayerType: z.string().default('') }).transform(({ Name, LayerType }) => {
    return { name: Name, type: LayerType };
  }),
]);
const inspectorSchema = z.object({ Layers: z.array(layerSchema).default([]) });

export interface LayerKind {
  readonly name: string;
  /** Such as CaskConvolution; empty when the plan keeps names only. */
  readonly type: string;
}

/** The layers in their order; none when the text is not what the inspector writes. */
export function parseLayers(text: string): readonly LayerKind[] {
  try {
    return inspectorSchema.safeParse(JSON.parse(text)).data?.Layers ?? [];
  } catch {
    return [];
  }
}
