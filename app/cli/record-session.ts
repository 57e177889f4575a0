// The main job: a program, here or on a board, into a session file. Used by `record`, `demo` and `experiment`.

import type { LaunchParams } from '../../shared/rpc/methods';
import { formatBytes, formatCount } from '../../shared/units/format';
import { findInstallation } from '../host/installation';
import { openSshTransport } from '../host/link/ssh-transport';
import type { Transport } from '../host/link/transport';
import { openPrivateProbe } from '../host/private-probe';
import { type RecordOptions, type RecordProgress, type RecordResult, recordTarget } from '../host/session/recorder';
import { BuildProgress } from './build-progress';
import type { Terminal } from './command';
import { ProgressLine } from './terminal';
import { terminalPrompter } from './terminal-prompter';

export interface RecordJob {
  readonly launch: LaunchParams;
  readonly filePath: string;
  readonly overwrite: boolean;
  readonly durationMs: number | undefined;
  /** USER@HOST[:PORT]; this machine when undefined. */
  readonly on: string | undefined;
  /** Of the probe on the other machine; its default when undefined. */
  readonly socket: string | undefined;
  /** Opened already, in place of `on` and `socket`; it stays the caller's. */
  readonly transport?: Transport;
  /** The program's output goes to stderr, because stdout is for a result. */
  readonly isOutputAside?: boolean;
  /** The first Ctrl-C ends the program with SIGTERM and the recording with it; a second one ends this process. */
  readonly isEndedAtOnce?: boolean;
  readonly onExperiment?: RecordOptions['onExperiment'];
  /** Engines of a workload that come to be are shown in place of the line. */
  readonly showsBuilds?: boolean;
  /** The line that is shown meanwhile. */
  readonly progressText?: (progress: RecordProgress) => string;
}

function recordingText({ rows, bytes, lost, linkState }: RecordProgress): string {
  const lostText = lost > 0 ? `, ${formatCount(lost)} lost` : '';
  return `${linkState === 'live' ? 'recording' : linkState}: ${formatCount(rows)} rows, ${formatBytes(bytes)}${lostText}`;
}

function openTransport(job: RecordJob): Promise<Transport> {
  if (job.on === undefined) return openPrivateProbe(findInstallation());
  return openSshTransport(job.on, { prompter: terminalPrompter, socketPath: job.socket });
}

/**
 * Records and returns what the recorder says. The program's output goes to the terminal's own streams. The first Ctrl-C goes
 * to the program, the second ends the recording, each time with the file whole.
 */
export async function recordJob(job: RecordJob, terminal: Terminal): Promise<RecordResult> {
  const transport = job.transport ?? (await openTransport(job));
  const { isOutputAside = false, isEndedAtOnce = false, progressText = recordingText } = job;
  const interrupt = new AbortController();
  const stop = new AbortController();
  const onSignal = () => {
    if (stop.signal.aborted) process.exit(130);
    (isEndedAtOnce || interrupt.signal.aborted ? stop : interrupt).abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const progress = new ProgressLine(terminal);
  const builds = new BuildProgress(terminal);
  try {
    return await recordTarget({
      transport,
      launch: job.launch,
      filePath: job.filePath,
      overwrite: job.overwrite,
      durationMs: job.durationMs,
      onOutput: (stream, text) => {
        progress.clear();
        if (stream === 'stdout' && !isOutputAside) terminal.out(text);
        else terminal.err(text);
      },
      onProgress: (state) => progress.show(builds.line() ?? progressText(state)),
      onExperiment: job.onExperiment,
      onBuild: job.showsBuilds ? (row) => builds.take(row) : undefined,
      interruptSignal: interrupt.signal,
      signal: stop.signal,
    });
  } finally {
    progress.clear();
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
    if (transport !== job.transport) await transport.close();
  }
}
