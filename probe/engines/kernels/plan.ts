// From an ONNX graph of one batch size to kernel calls and the places of their memory: nothing is left to decide while it runs. Pure.
//
//   nodes ▸ fusions ▸ operators ▸ steps over views ▸ lives of storages ▸ places in two arenas: weights, activations

import { failure } from '../../../shared/util/failure';
import { inferShapes } from '../onnx/infer-shapes';
import { nodeTitle, type OnnxModel, type OnnxNode, type OnnxTensor } from '../onnx/model';
import { NodeInputs, type TensorShape } from '../onnx/operators/rule';
import { packArena } from './arena';
import { ChannelsLast } from './channels-last';
import { type Forms, HalfForms, SINGLE_FORMS } from './forms';
import { type Fusion, type Fusions, findFusions } from './fuse';
import { ELEMENTWISE_OPERATORS } from './operators/elementwise';
import { halvesOf } from './operators/half';
import { LAYOUT_OPERATORS } from './operators/layout';
import type { Operator, OperatorTask } from './operators/operator';
import { SUM_OPERATORS } from './operators/sums';
import { findPlacements, type Placement } from './placements';
import { PlanBuilder, type Step, unsupported } from './plan-builder';
import { withResiduals } from './residuals';
import { countOf, reshapedInPlace, rootOf, STORED_BYTES, type Storage, sliced, type View, wholeView } from './view';
import type { WeightPool } from './weights';

/** What the network computes in; sums are float32 in either. */
export type Precision = 'fp32' | 'fp16';

const OPERATORS: Readonly<Record<string, Operator>> = {
  ...LAYOUT_OPERATORS,
  ...SUM_OPERATORS,
  ...ELEMENTWISE_OPERATORS,
};

/** ONNX operators that the engine runs; of some not every attribute. */
export const KERNELS_OPERATORS: readonly string[] = [...Object.keys(OPERATORS), 'Constant'];

export interface Place {
  readonly arena: 'weights' | 'activations';
  /** From the arena's begin. */
  readonly offsetBytes: number;
}

export interface PlannedCall {
  readonly layer: number;
  readonly options: Step['options'];
  /** By the call's argument. */
  readonly memory: Readonly<Record<string, Place>>;
}

/** Of an input or output, float32 in either precision. */
export interface PlannedValue {
  readonly name: string;
  readonly place: Place;
  readonly dims: readonly number[];
  readonly count: number;
}

export interface NetworkPlan {
  /** What runs together, by the name of its first node and its operators. */
  readonly layers: readonly { readonly name: string; readonly type: string }[];
  readonly calls: readonly PlannedCall[];
  readonly inputs: readonly PlannedValue[];
  readonly outputs: readonly PlannedValue[];
  /** Of the arena of activations. */
  readonly activationsBytes: number;
}

const FUSED_NAMES = { none: [], relu: ['Relu'], silu: ['SiLU'] } as const;

const typeOf = ({ operator }: OnnxNode, fusion: Fusion | undefined) =>
  [operator, ...(fusion ? FUSED_NAMES[fusion.activation] : []), ...(fusion?.addend ? ['Add'] : [])].join(' + ');

class Planner {
  readonly builder = new PlanBuilder();
  readonly values = new Map<string, View>();
  readonly layers: { name: string; type: string }[] = [];
  private readonly constants: Map<string, OnnxTensor>;
  private readonly shapes: ReadonlyMap<string, TensorShape>;
  private readonly fusions: Fusions;
  private readonly forms: Forms;
  private readonly placements: ReadonlyMap<string, Placement>;
  private readonly outputs = new Map<string, View>();
  private readonly channelsLast: ChannelsLast;

  constructor(
    private readonly model: OnnxModel,
    sizes: Readonly<Record<string, readonly number[]>>,
    private readonly weights: WeightPool,
    private readonly precision: Precision,
  ) {
    const { graph } = model;
    this.shapes = inferShapes(model, sizes).shapes;
    this.constants = new Map(graph.initializers);
    const fusions = findFusions(graph);
    const isHalf = precision === 'fp16';
    this.forms = isHalf ? new HalfForms(graph, this.shapes, fusions) : SINGLE_FORMS;
    this.fusions = isHalf ? withResiduals(graph, fusions, this.forms, this.shapes) : fusions;
    this.placements = findPlacements(graph, this.shapes, this.fusions, this.forms);
    this.channelsLast = new ChannelsLast(this.builder, (count) => weights.halfZeros(count));
    for (const { name } of model.graph.inputs) {
      const view = this.builder.make(this.shapeOf(name).dims);
      this.builder.fixed.add(view.storage);
      this.values.set(name, view);
    }
  }

  shapeOf(name: string): TensorShape {
    const shape = this.shapes.get(name);
    if (shape) return shape;
    throw failure('modelDamaged', `Nothing in the model makes the value ${name}.`, 'Export the model again.');
  }

  /** A value on the device; constants get there when they are first asked for. */
  view(name: string): View {
    const known = this.values.get(name);
    if (known) return known;
    const constant = this.constants.get(name);
    const { element, dims } = this.shapeOf(name);
    if (!constant)
      throw failure(
        'modelDamaged',
        `The value ${name} (${element}) is used before it is made.`,
        'Export the model again.',
      );
    const view = wholeView(this.weights.add(constant), dims);
    this.values.set(name, view);
    return view;
  }

  /** Where a value is written: the same each time. */
  private output(name: string): View {
    const known = this.outputs.get(name);
    if (known) return known;
    const { dims } = this.shapeOf(name);
    const placement = this.placements.get(name);
    const view = placement ? this.partOf(placement, dims) : this.builder.make(dims, this.forms.formOf(name));
    this.outputs.set(name, view);
    return view;
  }

  private partOf({ whole, axis, begin }: Placement, dims: readonly number[]): View {
    const count = axis === 1 ? dims[1] : countOf({ dims: dims.slice(2) });
    const part = reshapedInPlace(sliced(this.output(whole), axis, begin, count), dims);
    if (part) return part;
    throw new Error(`${dims.join('x')} do not lie together in ${whole}`);
  }

  private halfView(node: OnnxNode, name: string): View {
    const constant = this.values.has(name) ? undefined : this.constants.get(name);
    if (!constant) return this.builder.stored(this.view(name), 'f16');
    const turn = { name: 'FP16', make: (values: Float32Array) => halvesOf({ node }, values) };
    return wholeView(this.weights.add(constant, turn), this.shapeOf(name).dims);
  }

  private taskOf(node: OnnxNode, names: readonly string[]): OperatorTask {
    const constants = node.inputs.map((name) => this.constants.get(name));
    const fusion = this.fusions.byConv.get(node);
    return {
      node,
      isHalfNetwork: this.precision === 'fp16',
      isHalf: this.forms.isHalf(node),
      channelsLast: this.channelsLast,
      given: new NodeInputs(
        node,
        node.inputs.map((name) => (name === '' ? undefined : this.shapes.get(name))),
        constants,
      ),
      shapes: node.outputs.map((name) => this.shapeOf(name)),
      fusion,
      plan: this.builder,
      view: (index) => this.view(node.inputs[index]),
      halfView: (index) => this.halfView(node, node.inputs[index]),
      addend: () => (fusion?.addend === undefined ? undefined : this.view(fusion.addend)),
      output: (index = 0) => this.output(names[index]),
      constant: (index, turn) => {
        const constant = constants[index] ?? unsupported(node, `its input ${index} is computed while it runs`);
        return this.weights.add(constant, turn);
      },
    };
  }

  private checkSoftmax(node: OnnxNode): void {
    // Before version 13 it took all dimensions from the axis on together.
    const version = this.model.opsets.get('') ?? 13;
    const axis = node.attributes.get('axis');
    const rank = this.shapeOf(node.inputs[0]).dims.length;
    const isLast = axis?.kind === 'int' && (axis.value === -1 || axis.value === rank - 1);
    if (version < 13 && !isLast) unsupported(node, `the meaning that it had in opset ${version}`);
  }

  run(): void {
    for (const node of this.model.graph.nodes) {
      const value = node.attributes.get('value');
      if (node.operator === 'Constant' && value?.kind === 'tensor') {
        this.constants.set(node.outputs[0], { ...value.value, name: node.outputs[0] });
        continue;
      }
      if (this.fusions.absorbed.has(node)) continue;
      const fusion = this.fusions.byConv.get(node);
      this.builder.layer = this.layers.length;
      this.layers.push({ name: nodeTitle(node), type: typeOf(node, fusion) });
      if (node.operator === 'Softmax') this.checkSoftmax(node);
      const operator = OPERATORS[node.operator] ?? unsupported(node, 'there is no kernel for it');
      const names = fusion ? [fusion.output] : node.outputs;
      const views = operator(this.taskOf(node, names));
      for (const [index, name] of names.entries()) this.values.set(name, views[index]);
    }
  }
}

const bytesOf = ({ element }: Storage, count: number) => STORED_BYTES[element] * count;

/** When each root storage is first written and last read, by step; inputs from the start, outputs to the end. */
function livesOf(steps: readonly Step[], inputs: readonly View[], outputs: readonly View[]) {
  const lives = new Map<Storage, { bytes: number; first: number; last: number }>();
  const touch = (view: View, at: number) => {
    const { storage } = rootOf(view);
    if (storage.kind === 'constant') return;
    const life = lives.get(storage);
    if (!life) lives.set(storage, { bytes: bytesOf(storage, storage.count), first: at, last: at });
    else life.last = Math.max(life.last, at);
  };
  for (const view of inputs) touch(view, -1);
  for (const [at, { reads, writes }] of steps.entries()) {
    for (const view of [...Object.values(reads), ...Object.values(writes)]) touch(view, at);
  }
  for (const view of outputs) touch(view, steps.length);
  return lives;
}

/**
 * `sizes` gives the dims of inputs that the model leaves free; constants go into `weights`. Throws FailureError: unsupportedOperator,
 * unsupportedElement, shapeMismatch, freeShape, modelDamaged.
 */
export function planNetwork(
  model: OnnxModel,
  sizes: Readonly<Record<string, readonly number[]>>,
  weights: WeightPool,
  precision: Precision = 'fp32',
): NetworkPlan {
  const planner = new Planner(model, sizes, weights, precision);
  planner.run();
  const { steps } = planner.builder;
  const inputViews = model.graph.inputs.map(({ name }) => planner.view(name));
  const outputViews = model.graph.outputs.map(({ name }) => planner.builder.packed(planner.view(name)));
  const lives = livesOf(steps, inputViews, outputViews);
  const packing = packArena([...lives.values()]);
  const offsets = new Map([...lives.keys()].map((storage, index) => [storage, packing.offsets[index]]));
  const placeOf = (view: View): Place => {
    const { storage, offset } = rootOf(view);
    const offsetBytes = bytesOf(storage, offset);
    if (storage.kind === 'constant')
      return { arena: 'weights', offsetBytes: storage.constantOffsetBytes + offsetBytes };
    return { arena: 'activations', offsetBytes: (offsets.get(storage) ?? 0) + offsetBytes };
  };
  const plannedValue = (name: string, view: View): PlannedValue => {
    return { name, place: placeOf(view), dims: planner.shapeOf(name).dims, count: countOf(view) };
  };
  return {
    layers: planner.layers,
    calls: steps.map(({ layer, options, reads, writes }) => {
      const memory = Object.entries({ ...reads, ...writes }).map(([key, view]) => [key, placeOf(view)] as const);
      return { layer, options, memory: Object.fromEntries(memory) };
    }),
    inputs: model.graph.inputs.map(({ name }, index) => plannedValue(name, inputViews[index])),
    outputs: model.graph.outputs.map(({ name }, index) => plannedValue(name, outputViews[index])),
    activationsBytes: packing.bytes,
  };
}
