// A transport to where programs are measured: a probe of our own on this machine, or a board's over SSH, installed there first.

import { failure } from '../../../shared/util/failure';
import type { SessionDescription, WindowNotificationParams } from '../../../shared/window/methods';
import { installProbe } from '../deploy/install';
import type { OnProgress, Step } from '../deploy/progress';
import type { EndQuestion } from '../deploy/start-probe';
import { findInstallation } from '../installation';
import type { Prompter } from '../link/prompter';
import { openSshTransport, type SshTransport } from '../link/ssh-transport';
import type { Transport } from '../link/transport';
import { openPrivateProbe } from '../private-probe';
import { boardRunner, localRunner, type RunnerPlace } from '../runner-launch';

export interface ConnectParams {
  readonly target?: string;
  readonly socketPath?: string;
  readonly install?: boolean;
}

/** Who is asked while connecting. */
export interface Asker {
  readonly prompter: Prompter;
  readonly mayEndProbe: (question: EndQuestion) => Promise<boolean>;
}

export interface ConnectContext extends Asker {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: WindowNotificationParams<'connect/progress'>) => void;
}

export interface Connected {
  readonly transport: Transport;
  /** undefined on this machine. */
  readonly ssh: SshTransport | undefined;
  readonly warnings: SessionDescription['warnings'];
  /** undefined where its native parts are missing, and where nothing was installed. */
  readonly runner: RunnerPlace | undefined;
}

const STEP_TITLES: Readonly<Record<Step, string>> = {
  look: 'Looking at the board',
  wait: 'Waiting for another installation',
  fetchNode: 'Fetching Node for the board',
  uploadNode: 'Uploading Node',
  upload: 'Uploading the probe',
  check: 'Checking what is there',
  build: 'Building the collector on the board (once)',
  start: 'Starting the probe',
};

async function openLocal({ onProgress }: ConnectContext): Promise<Connected> {
  const installation = findInstallation();
  onProgress({ step: 'Starting a probe on this machine' });
  const transport = await openPrivateProbe(installation);
  return { transport, ssh: undefined, warnings: [], runner: localRunner(installation) };
}

async function openBoard(target: string, params: ConnectParams, context: ConnectContext): Promise<Connected> {
  const { prompter, signal, mayEndProbe } = context;
  context.onProgress({ step: `Connecting to ${target}` });
  const ssh = await openSshTransport(target, { prompter, socketPath: params.socketPath });
  try {
    if (signal.aborted) throw failure('cancelled', 'Cancelled.', '');
    if (!params.install || params.socketPath !== undefined) {
      return { transport: ssh, ssh, warnings: [], runner: undefined };
    }
    const onProgress: OnProgress = (step, { text, doneRatio }) => {
      const line = text === undefined || text.endsWith('\n') ? text : `${text}\n`;
      context.onProgress({ step: STEP_TITLES[step], text: line, doneRatio });
    };
    const installation = findInstallation();
    const label = ssh.label;
    const installed = await installProbe(await ssh.login(), { installation, onProgress, signal, label, mayEndProbe });
    ssh.setSocket(installed.socketPath);
    const warnings = installed.findings.map(({ sentence, remedy, command }) => ({ sentence, remedy, command }));
    return { transport: ssh, ssh, warnings, runner: boardRunner(installed) };
  } catch (error) {
    await ssh.close();
    throw error;
  }
}

/** Throws FailureError. The caller closes the transport. */
export async function connectTransport(params: ConnectParams, context: ConnectContext): Promise<Connected> {
  if (context.signal.aborted) throw failure('cancelled', 'Cancelled.', '');
  return params.target === undefined ? openLocal(context) : openBoard(params.target, params, context);
}
