// Connecting brings the probe along: looks at the board, places Node and this version's files, builds what is native, starts the probe. Each
// part leaves what is there and right alone, so that the second connection only checks. Start reading here.

import type { Client } from 'ssh2';
import type { Installation } from '../installation';
import { archOf, checkBoard, surveyBoard } from './board';
import { makeBundle } from './bundle';
import { takeInstallLock } from './install-lock';
import { placeNative } from './native-build';
import { placeNode } from './node-binary';
import { checkPermission } from './permission';
import type { Deployment, Finding, OnProgress } from './progress';
import { RemoteShell } from './remote-shell';
import { type EndQuestion, ensureProbe } from './start-probe';
import { placeParcel } from './upload';

export interface InstallOptions {
  readonly installation: Installation;
  readonly onProgress: OnProgress;
  readonly signal?: AbortSignal;
  /** What people call the board. */
  readonly label?: string;
  /** Asks whether a running probe of another version may be ended; without it that one is kept. */
  readonly mayEndProbe?: (question: EndQuestion) => Promise<boolean>;
}

/** What the board has now. All paths are the board's. */
export interface InstalledProbe {
  readonly socketPath: string;
  /** The name of the version's folder: VERSION-HASH12. */
  readonly version: string;
  readonly folder: string;
  readonly nodePath: string;
  readonly runnerPath: string;
  readonly addonPath: string | undefined;
  readonly collectorPath: string | undefined;
  readonly findings: readonly Finding[];
}

async function installUnderLock(deployment: Deployment, options: InstallOptions): Promise<InstalledProbe> {
  const { shell, board, onProgress } = deployment;
  const bundle = await makeBundle(options.installation, archOf(board, shell.label));
  const nodePath = await placeNode(deployment, options.installation);
  onProgress('check', { text: `Checking version ${bundle.name}.` });
  const { folder } = await placeParcel(deployment, bundle, { shelf: 'versions', step: 'upload', nodePath });
  const native = await placeNative(deployment, { folder, nodePath, bundle });
  const programs = `${folder}/out/node`;
  const { collectorPath, addonPath } = native;
  const installed = { version: bundle.name, folder, nodePath, probePath: `${programs}/probe.js`, collectorPath };
  const probe = await ensureProbe(deployment, installed, options);
  const permission = await checkPermission(deployment, installed, probe.uid);
  return {
    socketPath: probe.socketPath,
    version: bundle.name,
    folder,
    nodePath,
    runnerPath: `${programs}/runner.js`,
    addonPath,
    collectorPath,
    findings: [...native.findings, ...probe.findings, ...permission],
  };
}

/**
 * Makes sure that a probe of this installation's version runs on the board and answers at `socketPath`. The login stays the caller's. Throws
 * FailureError; what was done until then is kept where it is whole, and cleared away by the next attempt where it is not.
 */
export async function installProbe(client: Client, options: InstallOptions): Promise<InstalledProbe> {
  const { onProgress, signal, label = 'the board' } = options;
  const shell = new RemoteShell(client, label);
  onProgress('look', { text: `Looking at ${label}.` });
  const board = await surveyBoard(shell, { signal });
  checkBoard(board, label);
  const lock = await takeInstallLock(shell, { signal, onWait: (text) => onProgress('wait', { text }) });
  try {
    return await installUnderLock({ shell, board, onProgress, signal }, options);
  } finally {
    await lock.release();
  }
}
