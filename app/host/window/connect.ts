// A transport to where programs are measured: a probe of our own on this machine, or a board's over SSH.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failure } from '../../../shared/util/failure';
import type { WindowNotificationParams } from '../../../shared/window/methods';
import { findInstallation } from '../installation';
import { startLocalProbe } from '../link/local-probe';
import type { Prompter } from '../link/prompter';
import { openSshTransport } from '../link/ssh-transport';
import type { Transport } from '../link/transport';

export interface ConnectParams {
  readonly target?: string;
  readonly socketPath?: string;
  readonly install?: boolean;
}

export interface ConnectContext {
  readonly prompter: Prompter;
  readonly workFolder: string;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: WindowNotificationParams<'connect/progress'>) => void;
}

// The probe of this machine is private to the session: its own folder, gone afterwards.
async function openLocal({ onProgress }: ConnectContext): Promise<Transport> {
  const { probePath, collectorPath } = findInstallation();
  onProgress({ step: 'Starting a probe on this machine' });
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

/** Throws FailureError. The caller closes the transport. */
export async function connectTransport(params: ConnectParams, context: ConnectContext): Promise<Transport> {
  if (context.signal.aborted) throw failure('cancelled', 'Cancelled.', '');
  if (params.target === undefined) return openLocal(context);
  context.onProgress({ step: `Connecting to ${params.target}` });
  return openSshTransport(params.target, { prompter: context.prompter, socketPath: params.socketPath });
}
