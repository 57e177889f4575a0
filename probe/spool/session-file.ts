// Which session the spool holds. A session lives as long as the machine is up, because its times count from one boot's clock.

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Disk } from './disk';

export interface SessionIdentity {
  readonly sessionId: string;
  readonly bootId: string;
  /** CLOCK_MONOTONIC at SessionNs 0, in nanoseconds. */
  readonly epochNs: bigint;
  /** Wall clock at SessionNs 0, in milliseconds since 1970. */
  readonly epochUnixMs: number;
}

const FILE = 'session.json';

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return 'unknown';
  }
}

/** The session of this folder if it began since the machine started, else a new one. */
export function loadIdentity(disk: Disk, folder: string): { identity: SessionIdentity; isNew: boolean } {
  const path = join(folder, FILE);
  const boot = bootId();
  try {
    const bytes = disk.readAll(path);
    const stored = bytes && JSON.parse(Buffer.from(bytes).toString('utf8'));
    if (stored && stored.bootId === boot && boot !== 'unknown') {
      const { sessionId, epochUnixMs } = stored;
      return { identity: { sessionId, bootId: boot, epochNs: BigInt(stored.epochNs), epochUnixMs }, isNew: false };
    }
  } catch {
    // A torn identity file means that nothing in this folder can be placed in time: a new session begins, and the old is counted.
  }
  const identity = { sessionId: randomUUID(), bootId: boot, epochNs: process.hrtime.bigint(), epochUnixMs: Date.now() };
  disk.replace(path, JSON.stringify({ ...identity, epochNs: String(identity.epochNs) }));
  return { identity, isNew: true };
}
