// Which values are written where a concatenation wants them, so that it copies nothing. Of channels-last values only: those of float32
// networks are placed by PlanBuilder.settle(). Pure.
//
//   cv1 ▸ Split ▸ a, b         ┌──────────── whole, one pixel ────────────┐
//   b ▸ conv ▸ conv ▸ c   ▸    │ a (cv1) │ b (cv1) │ c (written by conv)  │   pitch: all channels of the whole
//   Concat(a, b, c)            └──────────────────────────────────────────┘

import type { OnnxGraph, OnnxNode } from '../onnx/model';
import type { TensorShape } from '../onnx/operators/rule';
import { type Forms, isAlongChannels, isRowsOfPixels } from './forms';
import type { Fusions } from './fuse';
import { PACK_COUNT } from './view';

/** The part of a concatenation's output that a value is. */
export interface Placement {
  readonly whole: string;
  /** 1 for channels, 2 for rows of pixels. */
  readonly axis: number;
  readonly begin: number;
}

/** Operators that write into any channels-last place. */
const WRITERS = new Set(['Conv', 'MaxPool', 'Resize', 'Relu', 'Sigmoid', 'Add', 'Sub', 'Mul', 'Div', 'Concat']);
const SAME_OPERATORS = new Set(['Identity', 'Dropout']);

interface Part {
  /** What is written. */
  readonly name: string;
  /** How many of the concatenation's inputs it is. */
  readonly inputCount: number;
}

class PlacementFinder {
  readonly placements = new Map<string, Placement>();
  private readonly makers = new Map<string, OnnxNode>();

  constructor(
    private readonly graph: OnnxGraph,
    private readonly shapes: ReadonlyMap<string, TensorShape>,
    private readonly fusions: Fusions,
    private readonly forms: Forms,
  ) {
    for (const node of graph.nodes) {
      if (fusions.absorbed.has(node)) continue;
      const fused = fusions.byConv.get(node)?.output;
      for (const name of fused === undefined ? node.outputs : [fused]) this.makers.set(name, node);
    }
  }

  private dims(name: string): readonly number[] {
    return this.shapes.get(name)?.dims ?? [];
  }

  /** The value whose memory the first of `names` is a view of, with those behind it that are the rest of that memory. */
  private partOf(names: readonly string[], axis: number): Part {
    const [name] = names;
    const node = this.makers.get(name);
    if (!node) return { name, inputCount: 1 };
    const isView = SAME_OPERATORS.has(node.operator) || (axis === 2 && isRowsOfPixels(node, (each) => this.dims(each)));
    if (isView) return this.partOf([node.inputs[0]], axis);
    const isWhole =
      node.operator === 'Split' &&
      isAlongChannels(node, this.dims(node.inputs[0]).length) &&
      node.outputs.every((each, index) => each === names[index]);
    return isWhole && axis === 1
      ? { name: this.partOf([node.inputs[0]], axis).name, inputCount: node.outputs.length }
      : { name, inputCount: 1 };
  }

  private canPlace(part: string, { whole, axis, begin }: Placement): boolean {
    const maker = this.makers.get(part);
    const [form, wholeForm] = [this.forms.formOf(part), this.forms.formOf(whole)];
    const isWriter = maker !== undefined && WRITERS.has(maker.operator) && form.isChannelsLast;
    const [images, channels] = this.dims(part);
    // Pixels of the next picture would begin behind the other parts of this one, which no pitch says.
    const isReachable = axis === 1 ? begin % PACK_COUNT === 0 : images === 1;
    const isFree = !this.placements.has(part) && part !== whole && !(maker && this.fusions.absorbed.has(maker));
    return isWriter && isReachable && isFree && channels % PACK_COUNT === 0 && form.element === wholeForm.element;
  }

  find(): ReadonlyMap<string, Placement> {
    for (const { operator, inputs, outputs, attributes } of this.graph.nodes) {
      const [whole] = outputs;
      if (operator !== 'Concat' || !this.forms.formOf(whole).isChannelsLast) continue;
      const along = attributes.get('axis');
      const rank = this.dims(whole).length;
      const axis = along?.kind === 'int' ? (along.value + rank) % rank : 0;
      let begin = 0;
      for (let index = 0; index < inputs.length; ) {
        const { name, inputCount } = this.partOf(inputs.slice(index), axis);
        const placement = { whole, axis, begin };
        if (this.canPlace(name, placement)) this.placements.set(name, placement);
        const end = index + inputCount;
        for (; index < end; index += 1) begin += this.dims(inputs[index])[axis];
      }
    }
    return this.placements;
  }
}

/** By the value's name. */
export function findPlacements(
  graph: OnnxGraph,
  shapes: ReadonlyMap<string, TensorShape>,
  fusions: Fusions,
  forms: Forms,
): ReadonlyMap<string, Placement> {
  return new PlacementFinder(graph, shapes, fusions, forms).find();
}
