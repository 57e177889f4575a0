import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { makeParcel } from '../../../app/host/deploy/parcel';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const file = (path: string, text: string) => ({ path, source: Buffer.from(text) });

test('the name vouches for the manifest, and the manifest for each file, whatever their order', async () => {
  const parcel = await makeParcel('0.1.0', [file('b.txt', 'two'), file('a/c.txt', 'one')]);
  const manifest = `${sha256('one')}  a/c.txt\n${sha256('two')}  b.txt\n`;
  expect(parcel).toMatchObject({
    name: `0.1.0-${sha256(manifest).slice(0, 12)}`,
    hash: sha256(manifest),
    bytes: 6 + manifest.length,
  });
  expect(parcel.entries.map((entry) => entry.path)).toEqual(['a/c.txt', 'b.txt', 'manifest.sha256']);
  expect(String(parcel.entries[2].source)).toBe(manifest);
  expect(await makeParcel('0.1.0', [file('a/c.txt', 'one'), file('b.txt', 'two')])).toEqual(parcel);
});

test('another content or another path is another name', async () => {
  const names = await Promise.all(
    [file('a', '1'), file('a', '2'), file('b', '1')].map(async (each) => (await makeParcel('v', [each])).name),
  );
  expect(new Set(names).size).toBe(3);
});
