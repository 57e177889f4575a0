// What the host keeps beside sessions: notes in a sidecar, and the history.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readHka } from '../../../app/host/session/hka-reader';
import { HkaWriter } from '../../../app/host/session/hka-writer';
import { readAnnotations, sidecarPath, writeAnnotations } from '../../../app/host/window/annotations';
import { History } from '../../../app/host/window/history';
import { packetsOf } from '../session/recording';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hka-window-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('notes and marks come back, and an empty sidecar is none', () => {
  const path = join(folder, 'run.hka');
  const value = { notes: 'why', marks: [{ id: 1, fromNs: 5, toNs: 5, text: 'here' }] };
  writeAnnotations(path, value);
  expect([sidecarPath(path), readAnnotations(path)]).toEqual([join(folder, 'run.notes.json'), value]);
  writeAnnotations(path, { notes: '', marks: [] });
  expect([existsSync(sidecarPath(path)), readAnnotations(path)]).toEqual([false, { notes: '', marks: [] }]);
});

test('a foreign sidecar is refused, and left alone', () => {
  const path = join(folder, 'run.hka');
  writeFileSync(sidecarPath(path), 'not ours');
  expect(() => readAnnotations(path)).toThrow(/does not hold notes of HookAnalyzer/);
  expect(readFileSync(sidecarPath(path), 'utf8')).toBe('not ours');
});

test('the latest is first, nothing is twice, and it is there after a restart', () => {
  const path = join(folder, 'deep', 'history.json');
  const history = new History(path);
  for (const file of ['/a', '/b', '/a']) history.addFile(file);
  history.addTarget('nvidia@orin');
  history.addCommand({ command: 'python3', args: ['x.py'], kinds: ['kernel'] });
  expect(new History(path)).toMatchObject({ files: ['/a', '/b'], targets: ['nvidia@orin'] });
  for (let index = 0; index < 50; index++) history.addFile(`/f${index}`);
  expect(new History(path).files.length).toBe(20);
});

test('a damaged history begins anew', () => {
  const path = join(folder, 'history.json');
  writeFileSync(path, '{"files": 3');
  expect(new History(path).files).toEqual([]);
});

test('a recording goes on at its new path with nothing lost', async () => {
  const rows = { session: [{ sessionId: 'one' }], kernel: [{ startNs: 1 }], memset: [{ startNs: 2 }] };
  const [session, kernel, memset] = packetsOf(rows);
  const [from, to] = [join(folder, 'a.hka'), join(folder, 'b.hka')];
  const writer = await HkaWriter.open(from);
  writer.append(session);
  writer.append(kernel);
  await writer.moveTo(to);
  writer.append(memset);
  await writer.close();
  expect(existsSync(from)).toBe(false);
  expect(await readHka(to, { onPacket: () => {} })).toMatchObject({
    packetCount: 4,
    isClosed: true,
    missingPackets: 0,
  });
});

test('a path that is taken is refused, and the recording stays where it was', async () => {
  const [from, to] = [join(folder, 'a.hka'), join(folder, 'b.hka')];
  writeFileSync(to, 'mine');
  const writer = await HkaWriter.open(from);
  await expect(writer.moveTo(to)).rejects.toThrow(/exists already/);
  await writer.close();
  expect([existsSync(from), readFileSync(to, 'utf8')]).toEqual([true, 'mine']);
});
