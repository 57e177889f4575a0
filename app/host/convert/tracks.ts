// The rows of a timeline, as exports show them: a process a device with a thread a stream, and the measured processes with their threads.

import type { Store } from '../session/store';
import { Lanes } from './lanes';

/** Process ids of devices lie far above those of a system. */
const DEVICE_PID = 2_000_000_000;
export const BOARD_PID = DEVICE_PID + 100_000;

export interface Track {
  readonly pid: number;
  readonly name: string;
  readonly lanes: Lanes;
  /** Thread id of each lane. */
  readonly threadIds: number[];
}

export interface NamedProcess {
  readonly pid: number;
  readonly name: string;
  readonly sortIndex: number;
}

/** Names and tracks of one session; tracks are made as slices ask for them. */
export class Tracks {
  readonly processes = new Map<number, NamedProcess>();
  readonly tracks = new Map<string, Track>();
  private readonly sourcePids = new Map<number, number>();
  private readonly deviceNames = new Map<string, string>();
  private readonly threadNames = new Map<string, string>();
  private readonly defaultStreams = new Set<string>();
  private readonly names = new Map<number, Map<number, string>>();
  private lastThreadId = 0;

  static async load(store: Store): Promise<Tracks> {
    const tracks = new Tracks();
    const each = async (sql: string, take: (...cells: never[]) => void) => {
      for (const row of (await store.query(sql)).rows) take(...(row as never[]));
    };
    await each('SELECT source, id, text FROM name', (source: number, id: number, text: string) => {
      const known = tracks.names.get(source) ?? new Map<number, string>();
      known.set(id, text);
      tracks.names.set(source, known);
    });
    await each(
      `SELECT source, pid, executable FROM process WHERE event = 1 AND source > 0`,
      (source: number, pid: number, executable: string) => {
        tracks.sourcePids.set(source, pid);
        tracks.processes.set(pid, { pid, name: executable.split('/').pop() || `process ${pid}`, sortIndex: pid });
      },
    );
    await each(
      'SELECT DISTINCT source, device, kind, name FROM device',
      (source: number, device: number, kind: number, name: string) => {
        const title = kind === 2 ? `CPU device ${device}: ${name}` : `GPU ${device}: ${name}`;
        tracks.deviceNames.set(`${source}.${device}`, title);
      },
    );
    await each('SELECT source, thread, name FROM thread', (source: number, thread: number, name: string) =>
      tracks.threadNames.set(`${source}.${thread}`, name),
    );
    await each(
      'SELECT source, context, stream FROM stream WHERE isDefault = 1',
      (source: number, context: number, stream: number) => tracks.defaultStreams.add(`${source}.${context}.${stream}`),
    );
    return tracks;
  }

  text(source: number, id: number): string {
    return id === 0 ? '' : (this.names.get(source)?.get(id) ?? `name ${id}`);
  }

  pidOf(source: number): number {
    return this.sourcePids.get(source) ?? source;
  }

  private track(key: string, make: () => { pid: number; name: string }): Track {
    const known = this.tracks.get(key);
    if (known) return known;
    const made = { ...make(), lanes: new Lanes(), threadIds: [] };
    this.tracks.set(key, made);
    return made;
  }

  stream(source: number, device: number, context: number, stream: number): Track {
    return this.track(`stream.${source}.${device}.${context}.${stream}`, () => {
      const title = this.deviceNames.get(`${source}.${device}`) ?? `Device ${device}`;
      const pid = DEVICE_PID + device + (title.startsWith('CPU') ? 1000 : 0);
      this.processes.set(pid, { pid, name: title, sortIndex: device });
      const isDefault = this.defaultStreams.has(`${source}.${context}.${stream}`);
      const owner = this.sourcePids.size > 1 ? `, process ${this.pidOf(source)}` : '';
      return { pid, name: `${isDefault ? 'Default stream' : 'Stream'} ${stream}${owner}` };
    });
  }

  thread(source: number, thread: number): Track {
    return this.track(`thread.${source}.${thread}`, () => {
      const pid = this.pidOf(source);
      if (!this.processes.has(pid)) this.processes.set(pid, { pid, name: `process ${pid}`, sortIndex: pid });
      const name = this.threadNames.get(`${source}.${thread}`);
      return { pid, name: name ? `${name} (${thread})` : `Thread ${thread}` };
    });
  }

  /** What a process did for a model, beside its threads. */
  served(source: number, name: string): Track {
    return this.track(`served.${source}.${name}`, () => {
      const pid = this.pidOf(source);
      if (!this.processes.has(pid)) this.processes.set(pid, { pid, name: `process ${pid}`, sortIndex: pid });
      return { pid, name };
    });
  }

  /** The thread id of a lane of a track. Real thread ids are not used: a second lane needs one too. */
  threadId(track: Track, lane: number): number {
    track.threadIds[lane] ??= ++this.lastThreadId;
    return track.threadIds[lane];
  }
}
