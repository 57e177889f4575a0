// What the session row says of the machine.

import { arch, hostname, release } from 'node:os';
import { join } from 'node:path';
import { readTextSync } from './files';

export interface Machine {
  readonly hostName: string;
  readonly system: string;
  readonly model: string;
}

function withoutZero(text: string | undefined): string | undefined {
  return text?.replace(/\0/g, '').trim() || undefined;
}

/** Reads /proc/device-tree/model of a board or the processor's name, and the name of the operating system. */
export function describeMachine(root: string): Machine {
  const osRelease = readTextSync(join(root, 'etc/os-release')) ?? '';
  const name = /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(osRelease)?.[1] ?? 'Linux';
  const processor = /^model name\s*:\s*(.*)$/m.exec(readTextSync(join(root, 'proc/cpuinfo')) ?? '')?.[1];
  return {
    hostName: hostname(),
    system: `${name}, Linux ${release()}, ${arch()}`,
    model: withoutZero(readTextSync(join(root, 'proc/device-tree/model'))) ?? processor ?? 'unknown',
  };
}

/** Tells one boot from the next. */
export function readBootId(): string {
  return readTextSync('/proc/sys/kernel/random/boot_id')?.trim() ?? 'unknown';
}
