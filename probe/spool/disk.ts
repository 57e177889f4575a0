// The file system as the spool uses it: the seam where tests put a disk that is full.

import {
  closeSync,
  constants,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';

export interface Disk {
  makeFolder(path: string): void;
  list(folder: string): string[];
  readAll(path: string): Uint8Array | undefined;
  /** Whole file at once, by a rename, so that it is never half. */
  replace(path: string, text: string): void;
  open(path: string): number;
  write(descriptor: number, bytes: Uint8Array, position: number): number;
  read(descriptor: number, position: number, byteCount: number): Uint8Array;
  truncate(descriptor: number, byteCount: number): void;
  close(descriptor: number): void;
  remove(path: string): void;
}

export const realDisk: Disk = {
  makeFolder: (path) => void mkdirSync(path, { recursive: true, mode: 0o700 }),
  list: (folder) => readdirSync(folder),
  readAll: (path) => (existsSync(path) ? readFileSync(path) : undefined),
  replace: (path, text) => {
    writeFileSync(`${path}.new`, text, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  },
  open: (path) => openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600),
  write: (descriptor, bytes, position) => writeSync(descriptor, bytes, 0, bytes.length, position),
  read: (descriptor, position, byteCount) => {
    const bytes = new Uint8Array(byteCount);
    let at = 0;
    while (at < byteCount) {
      const count = readSync(descriptor, bytes, at, byteCount - at, position + at);
      if (count === 0) throw new Error(`the spool file ends after ${at} of ${byteCount} bytes`);
      at += count;
    }
    return bytes;
  },
  truncate: (descriptor, byteCount) => ftruncateSync(descriptor, byteCount),
  close: (descriptor) => closeSync(descriptor),
  remove: (path) => rmSync(path, { force: true }),
};
