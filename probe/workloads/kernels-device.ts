// The device of a workload's engines on our own kernels: one for all of them, opened when the first one is loaded, its rows sent with the
// workload's. A stream that an engine gave back serves the next one, because a device has few.

import type { Engine } from '../engines/engine';
import { type KernelsOptions, loadKernelsEngine } from '../engines/kernels/engine';
import { type ComputeDevice, findAddon, loadAddon } from '../runner/addon';
import type { DeviceChoice } from '../runner/arguments';
import { chooseDevice } from '../runner/device';
import type { ProbeConnection } from '../runner/probe-connection';

export interface KernelsDeviceOptions {
  readonly device: DeviceChoice;
  readonly connection: ProbeConnection | undefined;
  /** undefined for the addon of this installation. */
  readonly addonPath: string | undefined;
  /** Of a CPU device; as many as the machine has processors when undefined. */
  readonly threads: number | undefined;
}

/** Half of the 50 ms within which rows must be on their way. */
const SEND_MS = 25;

export class KernelsDevice {
  private opened: ComputeDevice | undefined;
  private readonly freeStreams: number[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: KernelsDeviceOptions) {}

  /** What engines in threads of their own load too; undefined when it is not built. */
  get addonPath(): string | undefined {
    return this.options.addonPath ?? findAddon();
  }

  /** Throws FailureError: of loading the engine, notBuilt, addonNotLoaded, noCudaKernels, noCudaDevice. */
  async load(options: Omit<KernelsOptions, 'device' | 'stream' | 'onClosed'>): Promise<Engine> {
    const device = this.open();
    const stream = this.freeStreams.pop() ?? device.createStream();
    const onClosed = () => this.freeStreams.push(stream);
    try {
      return await loadKernelsEngine({ ...options, device, stream, onClosed });
    } catch (error) {
      onClosed();
      throw error;
    }
  }

  private open(): ComputeDevice {
    if (this.opened) return this.opened;
    const { connection, threads } = this.options;
    const addon = loadAddon(this.options.addonPath);
    const isCuda = chooseDevice(addon, this.options.device) === 'cuda';
    const { epochNs, sourceId } = connection ?? {};
    const device = isCuda ? addon.createCudaDevice({}) : addon.createCpuDevice({ threads, epochNs, sourceId });
    // The collector records a CUDA device.
    if (connection && !isCuda) {
      device.setKinds(connection.kinds);
      connection.onKinds = (kinds) => device.setKinds(kinds);
      this.timer = setInterval(() => connection.send(device.takePackets()), SEND_MS);
    }
    this.opened = device;
    return device;
  }

  /** After all engines are closed. */
  close(): void {
    const { opened, timer } = this;
    const { connection } = this.options;
    if (timer && connection && opened) {
      clearInterval(timer);
      connection.onKinds = undefined;
      connection.send(opened.takePackets());
    }
    this.opened = undefined;
    opened?.close();
  }
}
