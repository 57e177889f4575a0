// What an earlier run left on disk, read back: whole packets with right checksums. A file that ends in the middle of a packet,
// as after a crash, is cut back to the last whole one.

import { join } from 'node:path';
import type { Lane } from '../../shared/model/column';
import type { PacketHeader } from '../../shared/wire/header';
import { HEADER_BYTES } from '../../shared/wire/limits';
import { PacketReader } from '../../shared/wire/packet-reader';
import { tableOfKind } from '../../shared/wire/tables';
import { readFully, type SpoolFileSystem } from './file-system';
import type { LaneLeft } from './lane-ring';
import { READ_BYTES } from './limits';
import { PacketIndex } from './packet-index';
import { Segment, segmentNames } from './segment';
import { type StatePacket, statePacketOf, statePath } from './state-store';
import { TOTALS_KIND, Totals } from './totals';

interface PacketFile {
  /** Bytes up to the end of the last whole packet. */
  readonly wholeBytes: number;
  readonly cutBytes: number;
  readonly damagedCount: number;
}

export interface Recovered extends LaneLeft {
  readonly state: StatePacket[];
  readonly cutBytes: number;
  readonly damagedCount: number;
  /** All packets of the lane since the session began. */
  readonly packetCount: number;
  /** The highest source number seen. */
  readonly sourceIdMax: number;
}

/** Reads a file of packets, cuts it at the first byte that belongs to no whole packet, and tells each packet and its place. */
export async function recoverFile(
  fileSystem: SpoolFileSystem,
  path: string,
  onPacket: (packet: Uint8Array, header: PacketHeader, at: number) => void,
): Promise<PacketFile> {
  const file = await fileSystem.open(path, 'update');
  try {
    let at = 0;
    let wholeBytes = 0; // behind the last packet whose checksum is right: damaged ones at the very end are a torn write
    let damagedCount = 0;
    let damagedAtEnd = 0;
    const reader = new PacketReader({
      reuse: true,
      onPacket: (packet, header) => {
        onPacket(packet, header, at);
        at += packet.length;
        wholeBytes = at;
        damagedAtEnd = 0;
      },
      onDamaged: (header) => {
        at += HEADER_BYTES + header.bodyBytes;
        damagedCount++;
        damagedAtEnd++;
      },
    });
    const buffer = new Uint8Array(READ_BYTES);
    let readBytes = 0;
    for (;;) {
      const count = await readFully(file, buffer, readBytes);
      readBytes += count;
      if (count === 0 || reader.push(buffer.subarray(0, count))) break;
    }
    const cutBytes = readBytes - wholeBytes;
    if (cutBytes > 0) await file.truncate(wholeBytes);
    return { wholeBytes, cutBytes, damagedCount: damagedCount - damagedAtEnd };
  } finally {
    await file.close();
  }
}

/** Rebuilds one lane from its segment files. Files without a whole packet are removed. */
export async function recoverLane(fileSystem: SpoolFileSystem, folder: string, lane: Lane): Promise<Recovered> {
  const segments: Segment[] = [];
  const state: StatePacket[] = [];
  let index: PacketIndex | undefined;
  let totals = new Totals();
  let cutBytes = 0;
  let damagedCount = 0;
  let sourceIdMax = 0;
  for (const name of segmentNames(await fileSystem.list(folder), lane)) {
    const path = join(folder, name);
    let segment: Segment | undefined;
    const file = await recoverFile(fileSystem, path, (packet, header, at) => {
      if (header.kind === TOTALS_KIND) {
        totals = Totals.decode(packet, header) ?? totals;
        return;
      }
      const { sequence, kind, rowCount, sourceId } = header;
      segment ??= new Segment(path, sequence, totals.clone());
      index ??= new PacketIndex(totals.lastSequence === 0 ? 1 : sequence);
      segment.note(sequence, at);
      index.add(sequence, kind, rowCount);
      totals.add(kind, rowCount, sequence);
      sourceIdMax = Math.max(sourceIdMax, sourceId);
      if (tableOfKind(kind)?.role === 'state') state.push(statePacketOf(packet, header));
    });
    cutBytes += file.cutBytes;
    damagedCount += file.damagedCount;
    if (!segment) {
      await fileSystem.remove(path);
      continue;
    }
    segment.bytes = file.wholeBytes;
    segment.publishedBytes = file.wholeBytes;
    segment.isSealed = true;
    segments.push(segment);
  }
  return {
    segments,
    index: index ?? new PacketIndex(1),
    totals,
    state,
    cutBytes,
    damagedCount,
    packetCount: totals.packetCount,
    sourceIdMax,
  };
}

/** Reads the file of state packets that had left the ring. */
export async function recoverState(
  fileSystem: SpoolFileSystem,
  folder: string,
): Promise<{ packets: StatePacket[]; bytes: number; cutBytes: number }> {
  const packets: StatePacket[] = [];
  const { wholeBytes, cutBytes } = await recoverFile(fileSystem, statePath(folder), (packet, header) => {
    packets.push(statePacketOf(packet, header));
  });
  return { packets, bytes: wholeBytes, cutBytes };
}

/** Removes what a session of an earlier boot left. Returns the bytes that were freed. */
export async function removeLeft(fileSystem: SpoolFileSystem, folder: string): Promise<number> {
  const names = await fileSystem.list(folder);
  const left = [...segmentNames(names, 'vital'), ...segmentNames(names, 'bulk')].map((name) => join(folder, name));
  if (names.includes('state.packets')) left.push(statePath(folder));
  let bytes = 0;
  for (const path of left) {
    bytes += await fileSystem.bytesOf(path);
    await fileSystem.remove(path);
  }
  return bytes;
}
