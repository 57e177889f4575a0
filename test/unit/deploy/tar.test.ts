import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type TarEntry, tarBytes, tarHeader } from '../../../app/host/deploy/tar';

const folder = mkdtempSync(path.join(os.tmpdir(), 'hka-tar-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const entry = (name: string, content: string, mode = 0o644): TarEntry => {
  return { path: name, source: Buffer.from(content), mode, bytes: content.length };
};

async function pack(entries: readonly TarEntry[], onBytes = (_: number) => {}): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of tarBytes(entries, onBytes)) pieces.push(piece);
  return Buffer.concat(pieces);
}

test('the system’s tar unpacks what was packed: contents of every length around a block, folders and modes', async () => {
  const lengths = [0, 1, 511, 512, 513, 100_000];
  const entries = lengths.map((length) => entry(`some/folder/${length}.txt`, 'x'.repeat(length)));
  const onDisk = path.join(folder, 'program');
  writeFileSync(onDisk, 'from a file');
  entries.push({ path: 'bin/node', source: onDisk, mode: 0o755, bytes: 11 });
  let toldBytes = 0;
  const archive = await pack(entries, (count) => {
    toldBytes += count;
  });
  expect(toldBytes).toBe(lengths.reduce((sum, length) => sum + length, 11));
  expect(archive.length % 512).toBe(0);
  execFileSync('tar', ['-xof', '-', '-C', folder], { input: archive });
  for (const length of lengths) {
    expect(readFileSync(path.join(folder, `some/folder/${length}.txt`), 'utf8')).toBe('x'.repeat(length));
  }
  expect(readFileSync(path.join(folder, 'bin/node'), 'utf8')).toBe('from a file');
  expect(statSync(path.join(folder, 'bin/node')).mode & 0o777).toBe(0o755);
});

test('a file that is another length than its header says stops the archive', async () => {
  const grown = { ...entry('file', 'four'), bytes: 3 };
  await expect(pack([grown])).rejects.toThrow('file changed while it was sent');
});

test('a path that no name field holds is refused', () => {
  expect(() => tarHeader(entry('x'.repeat(101), ''), 0)).toThrow('too long');
});
