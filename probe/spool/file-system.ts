// The only way from the spool to the disk, so that a test can put a disk that is full or broken in its place.

import { constants } from 'node:fs';
import { open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { makeFolder } from './make-folder';

export interface SpoolFile {
  /** Writes at `position`; may write fewer bytes than given and returns how many. */
  write(bytes: Uint8Array, position: number): Promise<number>;
  /** Reads at `position`; returns how many bytes there were. */
  read(target: Uint8Array, position: number): Promise<number>;
  truncate(bytes: number): Promise<void>;
  close(): Promise<void>;
}

export interface SpoolFileSystem {
  makeFolder(path: string): Promise<void>;
  list(path: string): Promise<string[]>;
  /** `create` empties an existing file; `update` keeps it and makes it when it is missing. */
  open(path: string, mode: 'create' | 'update' | 'read'): Promise<SpoolFile>;
  /** A file that is not there counts as removed. */
  remove(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  bytesOf(path: string): Promise<number>;
  /** Bytes that this process may still write in the file system of `path`. */
  freeBytes(path: string): Promise<number>;
}

const FLAGS = { create: 'w+', update: constants.O_RDWR | constants.O_CREAT, read: 'r' } as const;

async function openFile(path: string, mode: 'create' | 'update' | 'read'): Promise<SpoolFile> {
  const handle = await open(path, FLAGS[mode], 0o600);
  return {
    write: async (bytes, position) => (await handle.write(bytes, 0, bytes.length, position)).bytesWritten,
    read: async (target, position) => (await handle.read(target, 0, target.length, position)).bytesRead,
    truncate: (bytes) => handle.truncate(bytes),
    close: () => handle.close(),
  };
}

/** The real disk. */
export const diskFileSystem: SpoolFileSystem = {
  makeFolder: async (path) => makeFolder(path),
  list: (path) => readdir(path),
  open: openFile,
  remove: (path) => rm(path, { force: true }),
  rename,
  bytesOf: async (path) => (await stat(path)).size,
  freeBytes: async (path) => {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  },
};

/** Writes all of `bytes` at `position`. A disk that takes nothing and reports no error is an error. */
export async function writeFully(file: SpoolFile, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const count = await file.write(bytes.subarray(at), position + at);
    if (count <= 0) throw new Error('the disk took no bytes');
    at += count;
  }
}

/** Reads up to `target.length` bytes, fewer only at the end of the file. */
export async function readFully(file: SpoolFile, target: Uint8Array, position: number): Promise<number> {
  let at = 0;
  while (at < target.length) {
    const count = await file.read(target.subarray(at), position + at);
    if (count === 0) break;
    at += count;
  }
  return at;
}
