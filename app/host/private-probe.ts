// A probe of this machine that belongs to one session: its own folder, gone afterwards.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Installation } from './installation';
import { startLocalProbe } from './link/local-probe';
import type { Transport } from './link/transport';

/** Starts it. Closing the transport ends the probe and the programs it started. Throws FailureError. */
export async function openPrivateProbe({ probePath, collectorPath }: Installation): Promise<Transport> {
  const folder = mkdtempSync(join(tmpdir(), 'hookanalyzer-')); // a socket's path must be short
  const forget = () => rmSync(folder, { recursive: true, force: true });
  try {
    const probe = await startLocalProbe({
      probePath,
      collectorPath,
      spoolDir: join(folder, 'spool'),
      socketPath: join(folder, 'probe.sock'),
    });
    return { ...probe.transport, close: () => probe.stop().finally(forget) };
  } catch (error) {
    forget();
    throw error;
  }
}
