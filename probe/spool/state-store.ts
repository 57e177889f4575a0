// Packets of state tables (strings, devices, processes and their like): who and what the events are about. All are kept in
// memory for new viewers. On disk they lie in the ring as every packet does; those that are about to leave it are moved to
// a file of their own first.

import { join } from 'node:path';
import type { PacketHeader } from '../../shared/wire/header';
import { type SpoolFile, type SpoolFileSystem, writeFully } from './file-system';

const FILE_NAME = 'state.packets';
const FILE_NAME_NEXT = 'state.next';

const CROWDED_RATIO = 0.8;
const GROWTH_RATIO = 0.02;

export interface StatePacket {
  readonly sequence: number;
  readonly sourceId: number;
  readonly bytes: Uint8Array;
}

export function statePath(folder: string): string {
  return join(folder, FILE_NAME);
}

export class StateStore {
  /** In order of sequence. Replaced, never changed in place except at its end, so that a reader may hold it. */
  private packets: StatePacket[] = [];
  private bytes = 0;
  private file: SpoolFile | undefined;
  private fileBytes = 0;
  private forgotAtBytes = 0;
  private steps: Promise<void> = Promise.resolve(); // one change of the file at a time
  /** Packets up to this sequence are in the file. */
  private savedSequence = 0;

  constructor(
    private readonly fileSystem: SpoolFileSystem,
    private readonly folder: string,
    private readonly bytesMax: number,
  ) {}

  /** Time to forget what nobody needs: looked at again only after some growth, because looking costs a walk over all packets. */
  get isCrowded(): boolean {
    return this.bytes > this.bytesMax * CROWDED_RATIO && this.bytes > this.forgotAtBytes + this.bytesMax * GROWTH_RATIO;
  }

  /** Keeps a copy. Returns false when the limit is reached: the packet is then not kept for later viewers. */
  add(packet: Uint8Array, sequence: number, sourceId: number): boolean {
    if (this.bytes + packet.length > this.bytesMax) return false;
    this.packets.push({ sequence, sourceId, bytes: new Uint8Array(packet) });
    this.bytes += packet.length;
    return true;
  }

  /** Takes over what recovery found: the file's packets, then those of the ring that are not in it. */
  restore(fromFile: readonly StatePacket[], fileBytes: number, fromRing: readonly StatePacket[]): void {
    this.savedSequence = fromFile.at(-1)?.sequence ?? 0;
    this.fileBytes = fileBytes;
    this.packets = [...fromFile, ...fromRing.filter((packet) => packet.sequence > this.savedSequence)];
    this.bytes = this.packets.reduce((sum, packet) => sum + packet.bytes.length, 0);
  }

  /** Packets with first <= sequence < end, in order. */
  between(first: number, end: number): StatePacket[] {
    return this.packets.filter(({ sequence }) => sequence >= first && sequence < end);
  }

  /** Forgets all packets of these sources, in memory and on disk. Called when nothing in the ring needs them any more. */
  forget(isGone: (sourceId: number) => boolean): Promise<void> {
    this.forgotAtBytes = this.bytes;
    const gone = new Set(this.packets.map(({ sourceId }) => sourceId).filter(isGone));
    if (gone.size === 0) return Promise.resolve();
    this.packets = this.packets.filter(({ sourceId }) => !gone.has(sourceId));
    this.bytes = this.packets.reduce((sum, packet) => sum + packet.bytes.length, 0);
    return this.inOrder(() => this.rewrite(this.between(0, this.savedSequence + 1)));
  }

  private inOrder(step: () => Promise<void>): Promise<void> {
    const done = this.steps.then(step);
    this.steps = done.catch(() => undefined); // whoever asked for the step handles its error
    return done;
  }

  private async rewrite(packets: readonly StatePacket[]): Promise<void> {
    const next = join(this.folder, FILE_NAME_NEXT);
    const file = await this.fileSystem.open(next, 'create');
    let at = 0;
    try {
      for (const { bytes } of packets) {
        await writeFully(file, bytes, at);
        at += bytes.length;
      }
      await this.fileSystem.rename(next, statePath(this.folder));
    } catch (error) {
      await file.close();
      throw error;
    }
    await this.file?.close();
    this.file = file;
    this.fileBytes = at;
  }

  /** Moves packets up to `lastSequence` into the file. Called before they leave the ring. */
  save(lastSequence: number): Promise<void> {
    return this.inOrder(() => this.saveUpTo(lastSequence));
  }

  private async saveUpTo(lastSequence: number): Promise<void> {
    const packets = this.between(this.savedSequence + 1, lastSequence + 1);
    if (packets.length === 0) return;
    this.file ??= await this.fileSystem.open(statePath(this.folder), 'update');
    for (const { bytes, sequence } of packets) {
      await writeFully(this.file, bytes, this.fileBytes);
      this.fileBytes += bytes.length;
      this.savedSequence = sequence;
    }
  }

  async close(): Promise<void> {
    await this.steps;
    await this.file?.close();
    this.file = undefined;
  }
}

/** Whether recovery should keep this packet as state. */
export function statePacketOf(packet: Uint8Array, header: PacketHeader): StatePacket {
  return { sequence: header.sequence, sourceId: header.sourceId, bytes: new Uint8Array(packet) };
}
