// Where an experiment is measured: a runner of this machine beside a probe of its own, or a board's, brought up to date first.

import { failure } from '../../shared/util/failure';
import { installProbe } from '../host/deploy/install';
import { findInstallation } from '../host/installation';
import { openSshTransport } from '../host/link/ssh-transport';
import type { Transport } from '../host/link/transport';
import { openPrivateProbe } from '../host/private-probe';
import { boardRunner, localRunner, type RunnerPlace } from '../host/runner-launch';
import type { Terminal } from './command';
import { withInterrupt } from './interrupt';
import { ProgressLine } from './terminal';
import { terminalPrompter } from './terminal-prompter';

export interface OpenRunner {
  /** The caller closes it. */
  readonly transport: Transport;
  readonly runner: RunnerPlace;
}

async function openHere(): Promise<OpenRunner> {
  const installation = findInstallation();
  const runner = localRunner(installation);
  if (!runner) throw failure('notBuilt', 'The native parts are not built.', 'Build them with: npm run build:native');
  return { transport: await openPrivateProbe(installation), runner };
}

async function openThere(on: string, terminal: Terminal): Promise<OpenRunner> {
  const ssh = await openSshTransport(on, { prompter: terminalPrompter });
  const progress = new ProgressLine(terminal);
  try {
    const client = await ssh.login();
    const installed = await withInterrupt((signal) =>
      installProbe(client, {
        installation: findInstallation(),
        label: ssh.label,
        signal,
        onProgress: (_step, { text }) => {
          if (text) progress.show(text.trimEnd().split('\n').at(-1) ?? '');
        },
      }),
    );
    progress.clear();
    for (const { sentence, remedy = '', command = '' } of installed.findings) {
      terminal.err(`hookanalyzer: ${[sentence, remedy, command].filter((text) => text !== '').join(' ')}\n`);
    }
    ssh.setSocket(installed.socketPath);
    const runner = boardRunner(installed);
    if (runner) return { transport: ssh, runner };
    throw failure(
      'noRunner',
      `There is nothing on ${ssh.label} that could measure: its native parts are missing.`,
      'What was said above names what the build lacks there.',
    );
  } catch (error) {
    await ssh.close();
    throw error;
  } finally {
    progress.clear();
  }
}

/** Throws FailureError, also where the native parts are missing. */
export function openRunner(on: string | undefined, terminal: Terminal): Promise<OpenRunner> {
  return on === undefined ? openHere() : openThere(on, terminal);
}
