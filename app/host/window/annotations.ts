// Notes and marks of a session, in a sidecar beside its file, so that the recording itself is never touched.

import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { failure } from '../../../shared/util/failure';
import { type Annotations, annotations } from '../../../shared/window/methods';
import { fileFailure } from '../session/file-failure';

export const NO_ANNOTATIONS: Annotations = { notes: '', marks: [] };

/** run.hka → run.notes.json */
export function sidecarPath(filePath: string): string {
  return `${filePath.replace(/\.hka$/, '')}.notes.json`;
}

/** Those of this file; none when there is no sidecar. Throws FailureError for one that cannot be read. */
export function readAnnotations(filePath: string): Annotations {
  const path = sidecarPath(filePath);
  if (!existsSync(path)) return NO_ANNOTATIONS;
  try {
    return annotations.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).errno !== undefined) throw fileFailure(error, path, 'read');
    throw failure(
      'badNotes',
      `${path} does not hold notes of HookAnalyzer.`,
      'Move it away; the session opens without.',
    );
  }
}

/** Replaces the sidecar whole, or removes it when nothing is in it. Throws FailureError. */
export function writeAnnotations(filePath: string, value: Annotations): void {
  const path = sidecarPath(filePath);
  try {
    if (value.notes === '' && value.marks.length === 0) {
      rmSync(path, { force: true });
      return;
    }
    writeFileSync(`${path}.part`, `${JSON.stringify(value, undefined, 1)}\n`);
    renameSync(`${path}.part`, path);
  } catch (error) {
    throw fileFailure(error, path, 'write');
  }
}
