// A planned network with its memory: every allocation and upload but the input's happens here, before the first run.

import { FailureError, failure } from '../../../shared/util/failure';
import type { ComputeDevice, DeviceAddress, GraphId, KernelCall } from '../../runner/addon';
import { HostArrays, type HostBlocks } from './host-arrays';
import type { NetworkPlan, Place } from './plan';
import type { WeightPool } from './weights';

const FLOAT_BYTES = 4;
/** One is filled while the device reads the other. */
const INPUT_BLOCKS = 2;
/** Answers that callers may keep at a time before they cost a copy each: about what gathers before V8 collects garbage for its size. */
const OUTPUT_BYTES = 48 * 2 ** 20;
const OUTPUT_BLOCKS = { min: 2, max: 16 };

/** One batch size. */
export interface BoundPlan {
  readonly plan: NetworkPlan;
  readonly calls: readonly KernelCall[];
  /** undefined where the device took no graph; then the calls are launched one by one. */
  readonly graph: GraphId | undefined;
}

export interface BindOptions {
  readonly name: string;
  readonly device: ComputeDevice;
  readonly stream: number;
  readonly isGraph: boolean;
  /** By batch size. */
  readonly plans: ReadonlyMap<number, NetworkPlan>;
  readonly weights: WeightPool;
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error)).replace(/[.\s]+$/, '');

/** For the inputs and outputs of the largest batch. */
function hostBlocksOf(plans: readonly NetworkPlan[]): HostBlocks[] {
  const largest = (values: 'inputs' | 'outputs') =>
    plans[0][values].map((_, index) => FLOAT_BYTES * Math.max(...plans.map((plan) => plan[values][index].count)));
  const { min, max } = OUTPUT_BLOCKS;
  return [
    ...largest('inputs').map((bytes) => ({ bytes, count: INPUT_BLOCKS })),
    ...largest('outputs').map((bytes) => {
      return { bytes, count: Math.min(max, Math.max(min, Math.floor(OUTPUT_BYTES / bytes))) };
    }),
  ];
}

export class BoundNetwork {
  private readonly addresses: DeviceAddress[] = [];
  private readonly bound = new Map<number, BoundPlan>();
  readonly weightsBytes: number;
  readonly activationsBytes: number;
  /** Why there are no graphs; '' where there are, or nobody wanted them. */
  graphRefusal = '';
  private isPinned = false;
  readonly hostArrays: HostArrays;
  private readonly begins: Record<Place['arena'], DeviceAddress> = { weights: 0, activations: 0 };

  /** Throws FailureError: outOfMemory, or modelRefused when the device takes none of its sizes. What was allocated is given back first. */
  constructor(private readonly options: BindOptions) {
    const { plans, weights } = options;
    this.weightsBytes = weights.bytes;
    this.activationsBytes = Math.max(...[...plans.values()].map((plan) => plan.activationsBytes));
    try {
      this.begins.activations = this.allocate(this.activationsBytes, 'activations');
      if (weights.bytes > 0) {
        this.begins.weights = this.allocate(this.weightsBytes, 'weights');
        options.device.upload({ target: this.begins.weights, source: weights.joined(), stream: options.stream });
      }
      this.pinCopies();
      this.hostArrays = new HostArrays(options.device, hostBlocksOf([...plans.values()]));
      for (const [size, plan] of plans) this.bound.set(size, this.bind(plan));
    } catch (error) {
      this.close();
      if (error instanceof FailureError) throw error;
      const sentence = `The device ${options.device.name} does not take the model ${options.name}: ${reasonOf(error)}.`;
      throw failure('modelRefused', sentence, 'Use smaller inputs or batches, or the engine onnxruntime.');
    }
  }

  private allocate(bytes: number, what: string): DeviceAddress {
    const { device, name } = this.options;
    try {
      const address = device.alloc(bytes, `${name} ${what}`);
      this.addresses.push(address);
      return address;
    } catch (error) {
      const sentence = `There is not enough memory for the model ${name}: its ${what} need ${bytes} bytes (${reasonOf(error)}).`;
      throw failure('outOfMemory', sentence, 'Use smaller batches or a smaller model, or end other programs.');
    }
  }

  /** Only makes copies cheaper: where the system locks no memory, they go the usual way. */
  private pinCopies(): void {
    const { device, stream, plans } = this.options;
    const values = [...plans.values()].flatMap(({ inputs, outputs }) => [...inputs, ...outputs]);
    try {
      device.pinCopies({ bytes: Math.max(...values.map(({ count }) => count)) * FLOAT_BYTES, stream });
      this.isPinned = true;
    } catch {
      this.isPinned = false;
    }
  }

  addressOf({ arena, offsetBytes }: Place): DeviceAddress {
    return this.begins[arena] + offsetBytes;
  }

  private bind(plan: NetworkPlan): BoundPlan {
    const { device, stream } = this.options;
    const calls = plan.calls.map(({ options, memory }) => {
      const addresses = Object.entries(memory).map(([key, place]) => [key, this.addressOf(place)] as const);
      return { ...options, ...Object.fromEntries(addresses), stream };
    });
    for (const call of calls) device.describeLaunch(call); // what does not fit is said now and not in the first batch
    return { plan, calls, graph: this.options.isGraph ? this.captured(calls) : undefined };
  }

  private captured(calls: readonly KernelCall[]): GraphId | undefined {
    const { device, stream } = this.options;
    try {
      device.captureBegin(stream);
      for (const call of calls) device.launch(call);
      return device.captureEnd(stream);
    } catch (error) {
      this.graphRefusal = reasonOf(error);
      this.endCapture();
      return undefined;
    }
  }

  /** A stream whose capture was given up half way takes no work. */
  private endCapture(): void {
    const { device, stream } = this.options;
    try {
      device.freeGraph(device.captureEnd(stream));
    } catch {
      // It had not begun, or the device has ended it already.
    }
  }

  of(size: number): BoundPlan {
    const found = this.bound.get(size);
    if (!found) throw new Error(`there is no plan for a batch of ${size}`);
    return found;
  }

  /** Puts the whole network behind what the stream has. Returns at once. */
  launch({ graph, calls }: BoundPlan): void {
    const { device, stream } = this.options;
    if (graph !== undefined) device.launchGraph({ graph, stream });
    else for (const call of calls) device.launch(call);
  }

  /** Waits for the device, then gives everything back. */
  close(): void {
    const { device, stream } = this.options;
    if (this.isPinned) device.pinCopies({ bytes: 0, stream });
    this.isPinned = false;
    this.hostArrays?.close();
    for (const { graph } of this.bound.values()) if (graph !== undefined) device.freeGraph(graph);
    this.bound.clear();
    for (const address of this.addresses.splice(0)) device.free(address);
  }
}
