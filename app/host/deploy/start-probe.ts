// A probe of this version at the board's socket: the one that runs already, or a new one that outlives the SSH connection. One of another
// version is never ended without a word.

import { PROBE_SOCKET, PROBE_SPOOL } from '../../../shared/rpc/places';
import { failure } from '../../../shared/util/failure';
import type { Deployment, Finding } from './progress';
import { clauseOf } from './remote-command';
import { quoteWord, quoteWords } from './remote-shell';
import { endProbe, findRunningProbe, type RunningProbe } from './running-probe';

/** What is installed, by absolute paths on the board. */
export interface Installed {
  /** The name of the version's folder. */
  readonly version: string;
  readonly folder: string;
  readonly nodePath: string;
  readonly probePath: string;
  readonly collectorPath: string | undefined;
}

/** To be answered by a person: may the running probe, and the programs it started, be ended? */
export interface EndQuestion {
  readonly sentence: string;
  readonly pid: number;
  readonly runningVersion: string;
  readonly version: string;
  /** Programs that would end with it; undefined when it cannot be asked. */
  readonly runningTargetCount: number | undefined;
}

export interface StartOptions {
  /** Without it a running probe of another version is kept. */
  readonly mayEndProbe?: (question: EndQuestion) => Promise<boolean>;
}

export interface StartedProbe {
  readonly socketPath: string;
  readonly uid: number | undefined;
  readonly findings: readonly Finding[];
}

export const LOG_FILE = 'probe.log';
const START_MS_MAX = 15_000;

// A session of its own (setsid) and a file for its output: nothing ties it to the SSH connection. Words: log, then the probe's command line.
const DETACH = `
const [log, ...words] = process.argv.slice(1);
const file = require('fs').openSync(log, 'w', 0o600);
const options = { detached: true, cwd: require('os').homedir(), stdio: ['ignore', file, file] };
const probe = require('child_process').spawn(process.execPath, words, options);
probe.on('error', (error) => { console.error(error.message); process.exitCode = 1; });
if (probe.pid) console.log(probe.pid);
probe.unref();`;

/** The words behind Node that serve at a socket. */
export function serveWords(installed: Installed, socketPath: string, spoolFolder: string): string[] {
  const { probePath, collectorPath } = installed;
  const words = [probePath, 'serve', '--socket', socketPath, '--spool', spoolFolder];
  return collectorPath ? [...words, '--collector', collectorPath] : words;
}

/** Starts a probe and waits until it listens. Throws FailureError `probeNotStarted` with what it said. */
async function start({ shell, board, signal }: Deployment, installed: Installed, socketPath: string): Promise<void> {
  const log = `${installed.folder}/${LOG_FILE}`;
  const words = [installed.nodePath, '-e', DETACH, log];
  words.push(...serveWords(installed, socketPath, `${board.home}/${PROBE_SPOOL}`));
  const { exitCode, stdout, stderr } = await shell.run(
    `pid=$(${quoteWords(words)}) || exit 1
i=0
while ! grep -q '"ready":true' ${quoteWord(log)} 2>/dev/null; do
  i=$((i + 1)); [ $i -lt ${START_MS_MAX / 100} ] && kill -0 "$pid" 2>/dev/null || { tail -n 5 ${quoteWord(log)}; exit 2; }
  sleep 0.1 2>/dev/null || { sleep 1; i=$((i + 9)); }
done`,
    { signal, timeoutMs: 4 * START_MS_MAX },
  );
  if (exitCode === 0) return;
  const said = clauseOf(`${stderr}${stdout}`);
  throw failure(
    'probeNotStarted',
    `The probe on ${shell.label} did not start${said ? `; it said: ${said}` : ''}.`,
    `Its log there is ${log}.`,
  );
}

const VERSION_OF_PATH = /\/versions\/([^/]+)\/out\/node\/probe\.js$/;

/** What people call the version of a running probe. */
export function runningVersion({ programPath, description }: RunningProbe): string {
  const installed = VERSION_OF_PATH.exec(programPath)?.[1];
  if (installed) return installed;
  const place = programPath ? ` started from ${programPath}` : '';
  return `${description?.probeVersion ?? 'of another format'}${place}`;
}

/** Why a running probe is not the one wanted; undefined when it is. */
export function differenceOf(probe: RunningProbe, installed: Installed): string | undefined {
  if (probe.programPath !== installed.probePath) {
    return `A probe ${runningVersion(probe)} runs on the board; this program brings ${installed.version}.`;
  }
  if (installed.collectorPath && !probe.description?.collectorPath) {
    return 'The probe on the board was started before its collector was built, so it does not capture CUDA.';
  }
  return undefined;
}

function endCommand({ pid, uid }: RunningProbe, ownUid: number): string {
  return uid === undefined || uid === ownUid ? `kill ${pid}` : `sudo kill ${pid}`;
}

/**
 * Resolves when a probe answers at the socket. One that differs is ended only when `mayEndProbe` says so; otherwise it is used when it
 * speaks our format. Throws FailureError `otherProbe`, `probeNotStarted`, `probeNotEnded`.
 */
export async function ensureProbe(
  deployment: Deployment,
  installed: Installed,
  { mayEndProbe }: StartOptions,
): Promise<StartedProbe> {
  const { board, onProgress } = deployment;
  const socketPath = `${board.home}/${PROBE_SOCKET}`;
  const running = await findRunningProbe(deployment, socketPath);
  const difference = running && differenceOf(running, installed);
  if (running && !difference) return { socketPath, uid: running.uid, findings: [] };
  if (running && difference) {
    const question: EndQuestion = {
      sentence: difference,
      pid: running.pid,
      runningVersion: runningVersion(running),
      version: installed.version,
      runningTargetCount: running.description?.runningTargetCount,
    };
    const command = endCommand(running, board.uid);
    if ((await mayEndProbe?.(question)) === true) {
      await endProbe(deployment, running, socketPath);
    } else if (running.description) {
      const remedy = 'End it, with the programs that it started, and connect again.';
      return {
        socketPath,
        uid: running.uid,
        findings: [{ code: 'otherProbe', sentence: difference, remedy, command }],
      };
    } else {
      throw failure('otherProbe', difference, `End it there, with the programs that it started: ${command}`);
    }
  }
  onProgress('start', { text: 'Starting the probe.' });
  await start(deployment, installed, socketPath);
  return { socketPath, uid: board.uid, findings: [] };
}
