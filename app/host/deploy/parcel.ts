// What is uploaded in one piece: files, and a manifest with the hash of each. The manifest's own hash is in the name of the folder that it
// becomes, so the name vouches for every byte below it.

import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import type { TarEntry } from './tar';

export const MANIFEST_NAME = 'manifest.sha256';
const HASH_CHARS_IN_NAME = 12;

export interface SourceFile {
  /** Where it lies in the parcel. */
  readonly path: string;
  /** The content, or the path of the file on this machine that holds it. */
  readonly source: string | Uint8Array;
  readonly mode?: number;
}

export interface Parcel {
  /** LABEL-HASH12. */
  readonly name: string;
  /** SHA-256 of the manifest, in hex. */
  readonly hash: string;
  /** The manifest is the last one. */
  readonly entries: readonly TarEntry[];
  /** Of all contents. */
  readonly bytes: number;
}

async function hashOf(source: string | Uint8Array): Promise<string> {
  const hash = createHash('sha256');
  if (typeof source !== 'string') return hash.update(source).digest('hex');
  for await (const piece of createReadStream(source, { highWaterMark: 1024 * 1024 })) hash.update(piece);
  return hash.digest('hex');
}

/** Hashes the files and names the parcel. Throws the system's error of a file that cannot be read. */
export async function makeParcel(label: string, files: readonly SourceFile[]): Promise<Parcel> {
  const sorted = [...files].sort((left, right) => (left.path < right.path ? -1 : 1));
  const entries: TarEntry[] = [];
  let manifest = '';
  for (const { path, source, mode = 0o644 } of sorted) {
    manifest += `${await hashOf(source)}  ${path}\n`; // the format of sha256sum -c
    entries.push({ path, source, mode, bytes: typeof source === 'string' ? statSync(source).size : source.length });
  }
  const source = Buffer.from(manifest);
  entries.push({ path: MANIFEST_NAME, source, mode: 0o644, bytes: source.length });
  const hash = await hashOf(source);
  const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  return { name: `${label}-${hash.slice(0, HASH_CHARS_IN_NAME)}`, hash, entries, bytes };
}
