// One probe a ring: a file names the process that uses the folder. A process that is gone does not hold it, whatever the file
// says; the start time tells a process from a later one with the same number.

import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const FILE_NAME = 'lock';
const START_TIME_FIELD = 19; // field 22 of /proc/PID/stat, counted from behind the name

function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[START_TIME_FIELD]; // dead, and its parent has not looked yet
  } catch {
    return undefined; // no such process
  }
}

/** Takes the folder for this process. Returns the function that gives it back, or the pid of the living process that has it. */
export function lockFolder(folder: string): { release: () => void } | { heldBy: string } {
  const path = join(folder, FILE_NAME);
  for (;;) {
    try {
      const descriptor = openSync(path, 'wx', 0o600);
      writeSync(descriptor, `${process.pid} ${startTimeOf(process.pid)}\n`);
      closeSync(descriptor);
      return { release: () => rmSync(path, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const [pid, startTime] = readFileSync(path, 'utf8').trim().split(' ');
    if (startTime !== undefined && startTimeOf(Number(pid)) === startTime) return { heldBy: pid };
    rmSync(path, { force: true });
  }
}
