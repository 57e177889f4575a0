// Who and what the tracks are called: processes, threads, devices, contexts and streams of each source. Their rows may come after
// the events that need them, so labels are made when they are asked for.

import { enums } from '../../../../shared/model/enums';
import type { WindowPacket } from '../../../../shared/window/columns';

type EntityPacket = Extract<WindowPacket, { table: 'process' | 'thread' | 'device' | 'context' | 'stream' }>;

interface DeviceEntity {
  readonly kind: number;
  readonly name: string;
}

export class Entities {
  private readonly processes = new Map<number, string>();
  private readonly threads = new Map<string, string>();
  private readonly devices = new Map<string, DeviceEntity>();
  private readonly contextDevices = new Map<string, number>();
  private readonly defaultStreams = new Set<string>();

  /** Takes rows of a table of names. */
  append(packet: EntityPacket): void {
    const { source, rowCount } = packet;
    for (let row = 0; row < rowCount; row++) {
      switch (packet.table) {
        case 'process': {
          const { event, pid, executable } = packet.columns;
          // The probe tells of the processes that it started itself; what it measures is the machine.
          if (source === 0 || event[row] !== enums.processEvent.started) break;
          const program = executable[row].split('/').pop();
          this.processes.set(source, program ? `${program} (${pid[row]})` : `Process ${pid[row]}`);
          break;
        }
        case 'thread':
          this.threads.set(`${source}.${packet.columns.thread[row]}`, packet.columns.name[row]);
          break;
        case 'device': {
          const { device, kind, name } = packet.columns;
          this.devices.set(`${source}.${device[row]}`, { kind: kind[row], name: name[row] });
          break;
        }
        case 'context':
          this.contextDevices.set(`${source}.${packet.columns.context[row]}`, packet.columns.device[row]);
          break;
        case 'stream': {
          const { context, stream, isDefault } = packet.columns;
          if (isDefault[row] === 1) this.defaultStreams.add(`${source}.${context[row]}.${stream[row]}`);
          break;
        }
      }
    }
  }

  /** Source 0 is the probe: what it measures is the board's. */
  processLabel(source: number): string {
    return this.processes.get(source) ?? (source === 0 ? 'Machine' : `Process of source ${source}`);
  }

  threadLabel(source: number, thread: number): string {
    const name = this.threads.get(`${source}.${thread}`);
    return name ? `${name} (${thread})` : `Thread ${thread}`;
  }

  deviceLabel(source: number, device: number): string {
    const entity = this.devices.get(`${source}.${device}`);
    if (!entity) return `Device ${device}`;
    const title = entity.kind === enums.deviceKind.cpu ? `CPU device ${device}` : `GPU ${device}`;
    return entity.name ? `${title}: ${entity.name}` : title;
  }

  /** Device of a context; undefined until its row has come. */
  deviceOfContext(source: number, context: number): number | undefined {
    return this.contextDevices.get(`${source}.${context}`);
  }

  streamLabel(source: number, context: number, stream: number): string {
    return `${this.defaultStreams.has(`${source}.${context}.${stream}`) ? 'Default stream' : 'Stream'} ${stream}`;
  }
}
