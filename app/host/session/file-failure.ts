// What the operating system says about a file, as one sentence and a remedy.

import { dirname } from 'node:path';
import { type FailureError, failure } from '../../../shared/util/failure';

type Words = (path: string) => readonly [code: string, sentence: string, remedy: string];

const COMMON: Readonly<Record<string, Words>> = {
  ENOSPC: (path) => [
    'diskFull',
    `The disk of ${path} is full.`,
    'Free some space or write to another disk; what was written before is intact.',
  ],
  EDQUOT: (path) => ['diskFull', `Your disk quota for ${path} is used up.`, 'Free some space or write elsewhere.'],
  EACCES: (path) => ['noRight', `You may not open ${path}.`, 'Check the permissions of the file and its folder.'],
  EPERM: (path) => ['noRight', `You may not open ${path}.`, 'Check the permissions of the file and its folder.'],
  EROFS: (path) => ['readOnly', `${path} lies on a read-only disk.`, 'Write to another folder.'],
  EISDIR: (path) => ['isFolder', `${path} is a folder.`, 'Name a file.'],
  ENOTDIR: (path) => ['notFolder', `A part of ${path} is a file, not a folder.`, 'Check the path.'],
  EMFILE: (path) => ['tooManyFiles', `${path} cannot be opened: too many files are open.`, 'Raise ulimit -n.'],
};

const READ: Readonly<Record<string, Words>> = {
  ENOENT: (path) => [
    'noFile',
    `There is no file ${path}.`,
    path.endsWith('.json') ? 'Check the name.' : 'Check the name; `hookanalyzer record` makes one.',
  ],
};

const WRITE: Readonly<Record<string, Words>> = {
  ENOENT: (path) => ['noFolder', `There is no folder ${dirname(path)}.`, 'Create it, or write elsewhere.'],
  EEXIST: (path) => [
    'fileExists',
    `${path} exists already.`,
    'Choose another name, or allow replacing it with --force.',
  ],
};

/** The failure for an error of node:fs on `path`. A FailureError is returned as it is. */
export function fileFailure(error: unknown, path: string, intent: 'read' | 'write'): FailureError {
  const { code, failure: known, message } = error as NodeJS.ErrnoException & Partial<FailureError>;
  if (known) return error as FailureError;
  const words = { ...COMMON, ...(intent === 'read' ? READ : WRITE) }[code ?? ''];
  if (words) return failure(...words(path));
  const verb = intent === 'read' ? 'read' : 'written';
  return failure('file', `${path} cannot be ${verb}: ${message}.`, 'Check the disk and the path.');
}
