// What the machine is: for the session row and for people.

import { readFileSync } from 'node:fs';
import { cpus, release, type } from 'node:os';
import { join } from 'node:path';

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8').replaceAll('\0', '').trim();
  } catch {
    return '';
  }
}

/** Operating system and board, or processor where there is no device tree. `root` is the file tree to read from. */
export function describeMachine(root: string): { system: string; model: string } {
  const name = /^PRETTY_NAME="?(.*?)"?$/m.exec(read(join(root, 'etc/os-release')))?.[1];
  const l4t = /R(\d+) \(release\), REVISION: ([\d.]+)/.exec(read(join(root, 'etc/nv_tegra_release')));
  const parts = [name, l4t ? `L4T ${l4t[1]}.${l4t[2]}` : undefined, `${type()} ${release()}`, process.arch];
  const board = read(join(root, 'proc/device-tree/model'));
  return { system: parts.filter((part) => part).join(', '), model: board || (cpus()[0]?.model ?? 'unknown') };
}
