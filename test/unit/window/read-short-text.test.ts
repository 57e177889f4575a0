// A .cu file that a person chose, with the limits of what the page takes.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readShortText } from '../../../app/main/read-short-text';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hka-text-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const fileOf = (content: string | Uint8Array) => {
  const path = join(folder, 'my.cu');
  writeFileSync(path, content);
  return path;
};

test('reads text up to the limit, and not a byte more', async () => {
  expect(await readShortText(fileOf('größe'), 7)).toBe('größe'); // seven bytes of UTF-8
  await expect(readShortText(fileOf('12345678'), 7)).rejects.toThrow(
    'my.cu has more than 7 bytes; choose a shorter file.',
  );
  expect(await readShortText(fileOf(''), 7)).toBe('');
});

test('refuses what is no text', async () => {
  await expect(readShortText(fileOf(Uint8Array.of(65, 0, 66)), 100)).rejects.toThrow('my.cu is no text.');
  await expect(readShortText(fileOf(Uint8Array.of(0xff, 0xfe)), 100)).rejects.toThrow('my.cu is no UTF-8 text.');
  await expect(readShortText(join(folder, 'no.cu'), 100)).rejects.toThrow('ENOENT');
});
