// The ring against an obvious twin: an array of everything that was ever put in.

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { diskFileSystem, type SpoolFileSystem } from '../../../probe/spool/file-system';
import { LaneCursor } from '../../../probe/spool/lane-cursor';
import { PacketIndex } from '../../../probe/spool/packet-index';
import { Spool, type SpoolEvents } from '../../../probe/spool/spool';
import type { Lane } from '../../../shared/model/column';
import { encodeRows } from '../../../shared/wire/encode';
import { parseHeader } from '../../../shared/wire/header';
import { HEADER_BYTES } from '../../../shared/wire/limits';
import { type TableName, tables } from '../../../shared/wire/tables';

const MIB = 1024 * 1024;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hka-spool-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Numbers below `bound` from a fixed seed (xorshift32), so that a failure comes again. */
function randomFrom(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

const silent: SpoolEvents = {
  onPublished: () => undefined,
  onBacklog: () => undefined,
  onLost: () => expect.unreachable('nothing may be lost here'),
  onStopped: () => expect.unreachable('the disk is not full'),
  onResumed: () => undefined,
};

interface More {
  bootId?: string;
  stateBytesMax?: number;
  bytesMax?: number;
  fileSystem?: SpoolFileSystem;
  events?: Partial<SpoolEvents>;
}

function open(more: More = {}) {
  return Spool.open(
    {
      folder,
      bytesMax: more.bytesMax ?? 8 * MIB,
      fileSystem: more.fileSystem ?? diskFileSystem,
      bootId: more.bootId ?? 'boot',
      monotonicNs: () => 5n,
      stateBytesMax: more.stateBytesMax,
    },
    { ...silent, ...more.events },
  );
}

interface Put {
  readonly sequence: number;
  readonly kind: number;
  readonly rowCount: number;
}

/** A packet of the table with about `bytes` bytes of text. */
function textPacket(name: 'diagnostic' | 'string', bytes: number): Uint8Array {
  const text = 'x'.repeat(Math.min(bytes, 8000));
  const rowCount = Math.max(1, Math.ceil(bytes / 8000));
  const rows = Array.from({ length: rowCount }, (_, id) => ({
    id,
    text,
    timeNs: 0,
    severity: 1,
    code: '',
    sentence: text,
    remedy: '',
  }));
  return encodeRows(tables[name], rows as never);
}

function bulkPacket(rowCount: number): Uint8Array {
  const row = { startNs: 0, durationNs: 0, name: 0, thread: 0 };
  return encodeRows(
    tables.overhead,
    Array.from({ length: rowCount }, () => row),
  );
}

function put(spool: Spool, name: TableName, packet: Uint8Array, sourceId = 7): Put {
  const header = parseHeader(packet);
  if (!header.ok) throw new Error(header.error.kind);
  const { kind, rowCount } = header.value;
  expect(kind).toBe(tables[name].kind);
  const sequence = spool.append(packet, kind, rowCount, sourceId);
  if (sequence === undefined) throw new Error('not recorded');
  return { sequence, kind, rowCount };
}

/** Everything a cursor gives, and the holes it tells. */
async function readAll(spool: Spool, lane: Lane, from: number, bytesMax = 100_000) {
  const cursor = new LaneCursor(spool.ring(lane), from);
  const packets: Put[] = [];
  const holes: [number, number][] = [];
  for (let next = await cursor.next(bytesMax); next; next = await cursor.next(bytesMax)) {
    if (next.kind === 'hole') {
      holes.push([next.firstSequence, next.lastSequence]);
      continue;
    }
    for (let at = 0; at < next.bytes.length; ) {
      const header = parseHeader(next.bytes.subarray(at));
      if (!header.ok) throw new Error(header.error.kind);
      const { sequence, kind, rowCount, bodyBytes } = header.value;
      packets.push({ sequence, kind, rowCount });
      at += HEADER_BYTES + bodyBytes;
    }
    next.release();
  }
  await cursor.close();
  return { packets, holes };
}

test('any cursor at any time gets what the twin has, or a hole with the right counts; also after a restart', async () => {
  const random = randomFrom(20_260_101);
  let spool = await open();
  const twin: Record<Lane, Put[]> = { vital: [], bulk: [] };
  for (let round = 0; round < 40; round++) {
    for (let at = 0; at < 30; at++) {
      const pick = random(10);
      if (pick < 6) twin.bulk.push(put(spool, 'overhead', bulkPacket(1 + random(4000))));
      else if (pick < 9) twin.vital.push(put(spool, 'diagnostic', textPacket('diagnostic', random(20_000))));
      else twin.vital.push(put(spool, 'string', textPacket('string', random(200))));
    }
    if (round % 7 === 3) {
      await spool.close();
      spool = await open();
    }
    await spool.flush();
    for (const lane of ['vital', 'bulk'] as const) {
      const from = 1 + random(spool.nextSequence);
      const { packets, holes } = await readAll(spool, lane, from, 1 + random(200_000));
      const wanted = twin[lane].filter(({ sequence }) => sequence >= from);
      const lastLost = holes.at(-1)?.[1] ?? 0;
      expect(packets).toEqual(wanted.filter(({ sequence }) => sequence > lastLost));
      const missed = wanted.filter(({ sequence, kind }) => sequence <= lastLost && kind !== tables.string.kind);
      const lost = lastLost > 0 ? spool.ring(lane).lost(from, lastLost) : undefined;
      if (missed.length === 0) expect(lost).toBeUndefined();
      else if (lost?.isExact) {
        expect(lost.lastSequence).toBe(missed.at(-1)?.sequence);
        expect(lost.tables).toEqual([
          [
            missed[0].kind,
            {
              packetCount: missed.length,
              rowCount: missed.reduce((sum, each) => sum + each.rowCount, 0),
              lastSequence: missed.at(-1)?.sequence,
            },
          ],
        ]);
      } else expect(lost?.tables[0][1].packetCount).toBeGreaterThanOrEqual(missed.length);
    }
    expect(spool.bytes).toBeLessThan(8 * MIB + MIB);
  }
  expect(spool.oldestSequence('bulk')).toBeGreaterThan(1);
  expect(spool.state.between(0, spool.nextSequence).map(({ sequence }) => sequence)).toEqual(
    twin.vital.filter(({ kind }) => kind === tables.string.kind).map(({ sequence }) => sequence),
  );
  await spool.close();
});

test('a file cut anywhere: all whole packets are there, the rest is cut off, and the session goes on', async () => {
  const before = await open();
  const puts = [1, 2, 3].map((rowCount) => put(before, 'overhead', bulkPacket(rowCount)));
  const { sessionId } = before;
  await before.close();
  const name = readdirSync(folder).find((each) => each.startsWith('bulk-')) ?? '';
  const whole = readFileSync(join(folder, name));
  const record = readFileSync(join(folder, 'session.json'));
  const sizes = [1, 2, 3].map((rowCount) => bulkPacket(rowCount).length);
  const headBytes = whole.length - sizes[0] - sizes[1] - sizes[2];
  for (let cut = 0; cut <= whole.length; cut += 1) {
    writeFileSync(join(folder, name), whole);
    writeFileSync(join(folder, 'session.json'), record);
    truncateSync(join(folder, name), cut);
    const after = await open();
    const { packets } = await readAll(after, 'bulk', 1);
    const ends = [headBytes + sizes[0], headBytes + sizes[0] + sizes[1], whole.length];
    expect(packets).toEqual(puts.filter((_, at) => ends[at] <= cut));
    expect(after.sessionId).toBe(sessionId);
    expect(after.nextSequence).toBe((packets.at(-1)?.sequence ?? 0) + 1);
    const sequence = put(after, 'overhead', bulkPacket(1)).sequence;
    await after.close();
    const added = readdirSync(folder).filter((each) => each.startsWith('bulk-'));
    for (const each of added) if (each !== name) rmSync(join(folder, each));
    expect(sequence).toBe((packets.at(-1)?.sequence ?? 0) + 1);
  }
});

test('a torn write that has the right size but the wrong bytes is cut off too', async () => {
  const before = await open();
  put(before, 'overhead', bulkPacket(10));
  put(before, 'overhead', bulkPacket(20));
  await before.close();
  const path = join(folder, readdirSync(folder).find((each) => each.startsWith('bulk-')) ?? '');
  const bytes = readFileSync(path);
  bytes[bytes.length - 9] ^= 0xff;
  writeFileSync(path, bytes);
  const after = await open();
  expect((await readAll(after, 'bulk', 1)).packets).toEqual([
    { sequence: 1, kind: tables.overhead.kind, rowCount: 10 },
  ]);
  expect(after.left).toMatchObject({ cutBytes: bulkPacket(20).length, isNewSession: false });
  expect(statSync(path).size).toBe(bytes.length - bulkPacket(20).length);
  await after.close();
});

test('nothing is shown before it is on disk, and a disk that is behind stops intake until it has caught up', async () => {
  let letGo: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const fileSystem: SpoolFileSystem = {
    ...diskFileSystem,
    open: async (path, mode) => {
      const file = await diskFileSystem.open(path, mode);
      if (!path.includes('bulk-')) return file;
      return { ...file, write: (bytes, position) => held.then(() => file.write(bytes, position)) };
    },
  };
  const backlog: boolean[] = [];
  const onBacklog = (isBehind: boolean) => backlog.push(isBehind);
  const spool = await open({ fileSystem, bytesMax: 64 * MIB, events: { onBacklog } });
  const first = put(spool, 'overhead', bulkPacket(30_000));
  const vital = put(spool, 'diagnostic', textPacket('diagnostic', 10));
  await spool.ring('vital').flush();
  expect((await readAll(spool, 'vital', 1)).packets).toEqual([vital]);
  expect((await readAll(spool, 'bulk', 1)).packets).toEqual([]);
  expect(spool.completeSequence).toBe(first.sequence);
  let count = 1;
  for (; backlog.length === 0; count++) put(spool, 'overhead', bulkPacket(30_000));
  expect(count * bulkPacket(30_000).length).toBeLessThan(32 * MIB);
  letGo();
  await spool.flush();
  expect(backlog).toEqual([true, false]);
  expect((await readAll(spool, 'bulk', 1)).packets).toHaveLength(count);
  expect(spool.completeSequence).toBe(spool.nextSequence);
  await spool.close();
});

test('another boot begins another session and removes the ring', async () => {
  const before = await open();
  put(before, 'overhead', bulkPacket(10));
  await before.close();
  const after = await open({ bootId: 'next boot' });
  expect(after.left.isNewSession).toBe(true);
  expect(after.left.removedBytes).toBeGreaterThan(bulkPacket(10).length - 1);
  expect(after.sessionId).not.toBe(before.sessionId);
  expect(after.nextSequence).toBe(1);
  expect(after.epochNs).toBe(5n);
  await after.close();
});

test('numbers of sources and targets are never given twice, whatever happens in between', async () => {
  const given = new Set<number>();
  for (let run = 0; run < 4; run++) {
    const spool = await open();
    for (let at = 0; at < 100; at++) {
      const sourceId = spool.newSourceId();
      expect(given.has(sourceId)).toBe(false);
      given.add(sourceId);
    }
    await spool.close();
  }
});

test('state of sources that are gone from the ring makes room for others; the rest is kept, also on disk', async () => {
  const options = { stateBytesMax: 200_000, events: { onLost: () => undefined } };
  const spool = await open(options);
  const staying = spool.newSourceId();
  put(spool, 'string', textPacket('string', 100), staying);
  for (let at = 0; at < 60; at++) {
    const passing = spool.newSourceId();
    put(spool, 'string', textPacket('string', 8000), passing);
    spool.closeSource(passing);
    for (let more = 0; more < 20; more++) put(spool, 'diagnostic', textPacket('diagnostic', 8000), 0);
    for (let more = 0; more < 20; more++) put(spool, 'overhead', bulkPacket(4000), 0);
    await spool.flush();
  }
  const last = put(spool, 'string', textPacket('string', 200), staying);
  const kept = spool.state.between(0, spool.nextSequence);
  expect(kept[0]).toMatchObject({ sequence: 1, sourceId: staying });
  expect(kept.at(-1)?.sequence).toBe(last.sequence);
  expect(kept.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeLessThan(200_000);
  await spool.close();
  const again = await open(options);
  expect(again.state.between(0, again.nextSequence).map(({ sequence }) => sequence)).toEqual(
    kept.map(({ sequence }) => sequence),
  );
  await again.close();
});

test('the index counts as a plain array does, and says when it has forgotten', () => {
  const random = randomFrom(7);
  const index = new PacketIndex(1, 8192);
  const twin: Put[] = [];
  let sequence = 0;
  for (let at = 0; at < 20_000; at++) {
    sequence += 1 + random(3);
    const entry = { sequence, kind: 10 + random(3), rowCount: random(100) };
    twin.push(entry);
    index.add(entry.sequence, entry.kind, entry.rowCount);
  }
  let exactCount = 0;
  for (let at = 0; at < 200; at++) {
    const first = 1 + random(sequence);
    const last = first + random(sequence - first + 1);
    const counted = index.count(first, last);
    if (!counted) {
      expect(first).toBeLessThan(twin[twin.length - 4096].sequence);
      continue;
    }
    exactCount++;
    const inside = twin.filter((each) => each.sequence >= first && each.sequence <= last);
    expect(counted.packetCount).toBe(inside.length);
    for (const [kind, { rowCount }] of counted.entries()) {
      const rows = inside.filter((each) => each.kind === kind).reduce((sum, each) => sum + each.rowCount, 0);
      expect(rowCount).toBe(rows);
    }
  }
  expect(exactCount).toBeGreaterThan(20);
});
