// Small models whose answers can be worked out by hand, and loading them as the workload runner does.

import { join } from 'node:path';
import type { Engine } from '../../probe/engines/engine';
import { GraphBuilder } from '../../probe/engines/onnx/generate/graph-builder';
import type { OnnxModel } from '../../probe/engines/onnx/model';
import { writeOnnxFile } from '../../probe/engines/onnx/write';
import { loadOnnxruntimeEngine } from '../../probe/engines/onnxruntime/engine';
import type { OnnxruntimeOptions } from '../../probe/engines/onnxruntime/messages';
import { FailureError } from '../../shared/util/failure';

type Dim = number | string;

/** y = relu(x * [[1, 0], [0, 1], [-1, 2]] + [10, -10]) over rows of three numbers. */
export function linearModel(rows: Dim): OnnxModel {
  const build = new GraphBuilder(1);
  const weights = build.floats('w', [3, 2], Float32Array.of(1, 0, 0, 1, -1, 2));
  const product = build.node('/product', 'Gemm', ['x', weights, build.floats('b', [2], Float32Array.of(10, -10))]);
  build.node('/relu', 'Relu', [product]);
  return build.finish(
    'linear',
    { name: 'x', element: 'float32', shape: [rows, 3] },
    { name: 'y', element: 'float32', shape: [rows, 2] },
  );
}

/** x [1] made into `count` zeros and added: asks for memory while it is loaded or run. */
export function hugeModel(count: number): OnnxModel {
  const build = new GraphBuilder(1);
  const zeros = build.node('/zeros', 'ConstantOfShape', [build.int64s('count', [count])]);
  build.node('/sum', 'Add', ['x', zeros]);
  return build.finish(
    'huge',
    { name: 'x', element: 'float32', shape: [1] },
    { name: 'y', element: 'float32', shape: [count] },
  );
}

/** One node of an operator that nobody has. */
export function foreignOperatorModel(domain: string): OnnxModel {
  const build = new GraphBuilder(1);
  build.node('/model.3/Frobnicate', 'Frobnicate', ['x']);
  const value = (name: string) => ({ name, element: 'float32' as const, shape: [1, 4] });
  const model = build.finish('foreign', value('x'), value('y'));
  const nodes = model.graph.nodes.map((node) => ({ ...node, domain }));
  return { ...model, opsets: new Map([...model.opsets, [domain, domain ? 1 : 17]]), graph: { ...model.graph, nodes } };
}

/** Writes models into a folder and loads them; `closeAll` ends what is still open. */
export class EngineBed {
  private readonly engines: Engine[] = [];

  constructor(readonly folder: string) {}

  write(name: string, model: OnnxModel): string {
    const path = join(this.folder, `${name}.onnx`);
    writeOnnxFile(path, model);
    return path;
  }

  async load(model: OnnxModel | string, options: Partial<OnnxruntimeOptions> = {}): Promise<Engine> {
    const name = options.name ?? 'test';
    const modelPath = typeof model === 'string' ? model : this.write(`${name}-${this.engines.length}`, model);
    const engine = await loadOnnxruntimeEngine({ name, threads: 1, ...options, modelPath });
    this.engines.push(engine);
    return engine;
  }

  async closeAll(): Promise<void> {
    await Promise.all(this.engines.map((engine) => engine.close()));
  }
}

/** The failure that `work` ends with. */
export async function failureOf(work: Promise<unknown>): Promise<FailureError['failure']> {
  try {
    await work;
  } catch (error) {
    if (error instanceof FailureError) return error.failure;
    throw error;
  }
  throw new Error('it did not fail');
}
