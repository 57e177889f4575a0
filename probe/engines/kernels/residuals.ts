// Which sums a convolution in FP16 does at its end: what it computes, activation included, plus a picture that is there already. Pure.

import type { OnnxGraph, OnnxNode } from '../onnx/model';
import type { TensorShape } from '../onnx/operators/rule';
import type { Forms } from './forms';
import type { Fusion, Fusions } from './fuse';
import { PACK_COUNT } from './view';

/**
 * `fusions` with the sums among them. A sum is one when nothing else reads the convolution's part of it, when both parts are pictures of the
 * same size, and when the other part is made before the convolution runs.
 */
export function withResiduals(
  { nodes, outputs }: OnnxGraph,
  fusions: Fusions,
  forms: Forms,
  shapes: ReadonlyMap<string, TensorShape>,
): Fusions {
  const byConv = new Map<OnnxNode, Fusion>(fusions.byConv);
  const absorbed = new Set<OnnxNode>(fusions.absorbed);
  const readerCounts = new Map<string, number>(outputs.map(({ name }) => [name, 1]));
  for (const name of nodes.flatMap(({ inputs }) => inputs)) readerCounts.set(name, (readerCounts.get(name) ?? 0) + 1);
  const convByOutput = new Map<string, OnnxNode>();
  const placeOf = new Map<string, number>();
  for (const [place, node] of nodes.entries()) {
    if (absorbed.has(node)) continue; // what it makes is made where its convolution stands
    const fusion = fusions.byConv.get(node);
    if (forms.isHalf(node)) convByOutput.set(fusion?.output ?? node.outputs[0], node);
    for (const name of node.outputs) placeOf.set(name, place);
    if (fusion) placeOf.set(fusion.output, place);
  }
  const fits = (sum: string, part: string) => {
    const [want, got] = [shapes.get(sum)?.dims ?? [], shapes.get(part)?.dims ?? []];
    return want.join() === got.join() && want.length === 4 && want[1] % PACK_COUNT === 0;
  };
  for (const add of nodes) {
    const [sum] = add.outputs;
    if (add.operator !== 'Add' || forms.formOf(sum).element !== 'f16') continue;
    const [one, other] = add.inputs;
    const ways = [
      { part: other, addend: one },
      { part: one, addend: other },
    ];
    const found = ways.find(({ part, addend }) => {
      const isBefore = (placeOf.get(addend) ?? -1) < (placeOf.get(part) ?? -1);
      return convByOutput.has(part) && readerCounts.get(part) === 1 && isBefore && fits(sum, part) && fits(sum, addend);
    });
    const conv = found && convByOutput.get(found.part);
    if (!conv) continue;
    const activation = fusions.byConv.get(conv)?.activation ?? 'none';
    byConv.set(conv, { activation, output: sum, addend: found.addend });
    absorbed.add(add);
    placeOf.set(sum, placeOf.get(found.part) ?? -1);
  }
  return { byConv, absorbed };
}
