/** Why nothing is recorded any more, in words for users. */
export interface DiskStop {
  readonly code: 'diskFull' | 'diskFailed';
  /** One clause, for loss rows. */
  readonly reason: string;
  readonly sentence: string;
  readonly remedy: string;
}

const FULL_CODES = new Set(['ENOSPC', 'EDQUOT']);

export function diskStopOf(error: NodeJS.ErrnoException, folder: string): DiskStop {
  if (FULL_CODES.has(error.code ?? '')) {
    return {
      code: 'diskFull',
      reason: 'the disk was full',
      sentence: `The disk with ${folder} is full: what is on it stays readable, but nothing more is recorded.`,
      remedy: 'Free some space there; recording goes on by itself.',
    };
  }
  return {
    code: 'diskFailed',
    reason: 'the disk could not be written',
    sentence: `The ring in ${folder} cannot be written (${error.code ?? error.message}): nothing more is recorded.`,
    remedy: 'Mend the disk, or restart the probe with another folder (--spool).',
  };
}
