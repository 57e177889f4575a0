// A file to another place, whole or not at all, without standing still meanwhile.

import { existsSync, rmSync } from 'node:fs';
import { copyFile, rename } from 'node:fs/promises';
import { failure } from '../../../shared/util/failure';
import { fileFailure } from './file-failure';

/** Throws FailureError; then nothing is at `to` that was not there before. */
export async function copyWhole(from: string, to: string, overwrite: boolean): Promise<void> {
  if (!overwrite && existsSync(to)) {
    throw failure('fileExists', `${to} exists already.`, 'Choose another name, or allow replacing it.');
  }
  const part = `${to}.part`;
  try {
    await copyFile(from, part);
    await rename(part, to);
  } catch (error) {
    rmSync(part, { force: true });
    throw fileFailure(error, to, 'write');
  }
}
