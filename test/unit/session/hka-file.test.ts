// A .hka file and everything that can be wrong with it.

import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readHka } from '../../../app/host/session/hka-reader';
import { HkaWriter } from '../../../app/host/session/hka-writer';
import { packetsOf, writeFile } from './recording';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hka-file-'));
  path = join(folder, 'a.hka');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ROWS = {
  session: [{ sessionId: 'one', hostName: 'orin' }],
  string: [{ id: 1, text: 'k' }],
  kernel: [
    { startNs: 100, durationNs: 50, name: 1 },
    { startNs: 200, durationNs: 25, name: 1 },
  ],
  health: [{ timeNs: 300, value: 1, metric: 1 }],
};
const read = (from = path) => readHka(from, { onPacket: () => {} });
const code = (from: string) =>
  read(from).then(
    () => 'no failure',
    (error) => error.failure.code,
  );

test('what was written is read back, and the file says that it is whole', async () => {
  await writeFile(path, ROWS);
  expect(await read()).toMatchObject({
    rowCount: 6,
    packetCount: 5,
    isClosed: true,
    truncatedBytes: 0,
    missingPackets: 0,
    firstNs: 100,
    lastNs: 300,
    tables: { kernel: { rows: 2, packets: 1 } },
    session: { sessionId: 'one', hostName: 'orin' },
  });
});

test('cut off at every byte: all whole packets before are read, and the rest is counted', async () => {
  await writeFile(path, ROWS);
  const bytes = readFileSync(path);
  const ends: number[] = [];
  for (const packet of packetsOf(ROWS)) ends.push((ends.at(-1) ?? 0) + packet.length);
  for (let cut = 1; cut < bytes.length; cut++) {
    writeFileSync(path, bytes.subarray(0, cut));
    const whole = ends.filter((end) => end <= cut).length;
    if (whole === 0) {
      expect(await code(path)).toBe('foreignFile');
      continue;
    }
    const summary = await read();
    expect(summary).toMatchObject({ packetCount: whole, isClosed: false, truncatedBytes: cut - ends[whole - 1] });
  }
});

test('a damaged packet is passed over and counted, the others are read', async () => {
  await writeFile(path, ROWS);
  const bytes = readFileSync(path);
  const [session, string] = packetsOf(ROWS);
  bytes[session.length + string.length + 40] ^= 1; // inside the kernels
  writeFileSync(path, bytes);
  expect(await read()).toMatchObject({
    damagedPackets: 1,
    isClosed: true,
    missingPackets: 0,
    tables: { health: { rows: 1 } },
  });
});

test('a packet that is missing in the middle is noticed', async () => {
  const packets = packetsOf({ ...ROWS, memset: [{ startNs: 1 }], sync: [{ startNs: 1 }] });
  writeFileSync(path, Buffer.concat(packets.filter((_, index) => index !== 3)));
  expect(await read()).toMatchObject({ missingPackets: 1, isClosed: false });
});

test('a newer file names both versions and what to do', async () => {
  await writeFile(path, ROWS);
  const bytes = readFileSync(path);
  bytes.writeUInt16LE(7, 4);
  writeFileSync(path, bytes);
  await expect(read()).rejects.toMatchObject({
    failure: {
      code: 'newerFile',
      sentence: expect.stringMatching(/version 7.*up to version 1/),
      remedy: 'Update HookAnalyzer to open it.',
    },
  });
});

test('foreign, empty, missing, folder, unreadable: each by name', async () => {
  writeFileSync(path, 'PK\x03\x04 something else entirely, and long enough to hold a header');
  expect(await code(path)).toBe('foreignFile');
  writeFileSync(path, '');
  expect(await code(path)).toBe('emptyFile');
  expect(await code(join(folder, 'none.hka'))).toBe('noFile');
  mkdirSync(join(folder, 'folder.hka'));
  expect(await code(join(folder, 'folder.hka'))).toBe('isFolder');
  chmodSync(path, 0);
  if (process.getuid?.() !== 0) expect(await code(path)).toBe('noRight');
});

test('an existing file is not written over unless asked', async () => {
  await writeFile(path, ROWS);
  await expect(HkaWriter.open(path)).rejects.toThrow(/exists already/);
  await (await HkaWriter.open(path, { overwrite: true })).close();
  await expect(HkaWriter.open(join(folder, 'no', 'such', 'folder.hka'))).rejects.toThrow();
});

test('a disk that is full stops the writer once, and the file ends with a whole packet', async () => {
  if (process.platform !== 'linux') return;
  const writer = await HkaWriter.open('/dev/full', { overwrite: true });
  const packets = packetsOf(ROWS);
  for (const packet of packets) writer.append(packet);
  await expect(writer.flush()).rejects.toMatchObject({ failure: { code: 'diskFull' } });
  for (const packet of packets) writer.append(packet); // counted from then on, not thrown again
  expect(writer).toMatchObject({
    packetCount: 0,
    rowCount: 0,
    droppedPacketCount: 8,
    droppedRowCount: 10,
    byteCount: 0,
  });
  await writer.close();
});
