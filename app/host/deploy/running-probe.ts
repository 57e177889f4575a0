// The probe that answers at the board's socket, whoever started it: which version it is, and how it is ended.

import type { Client } from 'ssh2';
import { PROBE_SPOOL } from '../../../shared/rpc/places';
import { FailureError, failure } from '../../../shared/util/failure';
import { ProbeLink } from '../link/probe-link';
import type { SshError } from '../link/ssh-failure';
import { openForward } from '../link/ssh-transport';
import { noProbe, type Transport } from '../link/transport';
import type { Deployment } from './progress';

export interface RunningProbe {
  readonly pid: number;
  /** The program file that it runs, as its command line has it; empty when that cannot be read. */
  readonly programPath: string;
  readonly uid: number | undefined;
  /** undefined when it speaks another format version. */
  readonly description:
    | { readonly probeVersion: string; readonly collectorPath: string | undefined; readonly runningTargetCount: number }
    | undefined;
}

const OPEN_PROHIBITED = 1; // RFC 4254, 5.1
const END_MS_MAX = 20_000;

/** Streams to the socket over a login that somebody else owns. */
function transportOver(client: Client, label: string, socketPath: string): Transport {
  return {
    label,
    connect: () =>
      openForward(client, socketPath).catch((error: SshError) => {
        if (error.reason !== OPEN_PROHIBITED) throw noProbe(socketPath, `on ${label}`);
        throw failure(
          'noStreamLocal',
          `The SSH server of ${label} does not forward to Unix sockets.`,
          'Set AllowStreamLocalForwarding yes in its sshd_config and reload sshd.',
        );
      }),
    close: async () => {},
    onLost: () => () => {},
  };
}

/** The words of a process's command line and its user. */
async function processOf({ shell, signal }: Deployment, pid: number) {
  const { stdout } = await shell.run(
    `grep '^Uid:' /proc/${pid}/status 2>/dev/null; tr '\\0' '\\n' 2>/dev/null </proc/${pid}/cmdline`,
    { signal },
  );
  const [uidLine = '', ...words] = stdout.split('\n');
  const uid = Number(uidLine.split(/\s+/)[1]);
  return { programPath: words[1] ?? '', uid: Number.isInteger(uid) ? uid : undefined };
}

// A probe of another format tells nothing about itself, but the lock of its ring names its process.
async function pidOfLock({ shell, signal }: Deployment): Promise<number | undefined> {
  const { stdout } = await shell.run(`cut -d' ' -f1 "$HOME/${PROBE_SPOOL}/lock" 2>/dev/null`, { signal });
  const pid = Number(stdout.trim());
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}

/** Asks whoever answers at the socket; undefined when nobody does. Throws FailureError. */
export async function findRunningProbe(deployment: Deployment, socketPath: string): Promise<RunningProbe | undefined> {
  const { shell } = deployment;
  let link: ProbeLink;
  try {
    link = await ProbeLink.control(transportOver(shell.client, shell.label, socketPath));
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    if (error.failure.code === 'noProbe') return undefined;
    if (error.failure.code !== 'versionMismatch') throw error;
    const pid = await pidOfLock(deployment);
    if (pid === undefined) throw error;
    return { pid, description: undefined, ...(await processOf(deployment, pid)) };
  }
  try {
    const { pid, probeVersion, collectorPath } = await link.request('probe/describe', {});
    const { targets } = await link.request('target/list', {});
    const runningTargetCount = targets.filter((target) => target.running).length;
    const description = { probeVersion, collectorPath, runningTargetCount };
    return { pid, description, ...(await processOf(deployment, pid)) };
  } finally {
    await link.close();
  }
}

/** Ends a probe and its targets, and waits until it is gone. Throws FailureError `probeNotEnded`. */
export async function endProbe(deployment: Deployment, probe: RunningProbe, socketPath: string): Promise<void> {
  const { shell, signal } = deployment;
  if (probe.description) {
    const link = await ProbeLink.control(transportOver(shell.client, shell.label, socketPath));
    // The probe may be gone before its answer has come; whether it ended is seen below.
    await link.request('probe/shutdown', {}).catch(() => undefined);
    await link.close();
  } else {
    await shell.run(`kill ${probe.pid} 2>/dev/null`, { signal });
  }
  const rounds = END_MS_MAX / 100;
  const { exitCode } = await shell.run(
    `i=0
while grep -q '^State:[[:space:]]*[^Z]' /proc/${probe.pid}/status 2>/dev/null; do
  i=$((i + 1)); [ $i -lt ${rounds} ] || exit 1
  sleep 0.1 2>/dev/null || { sleep 1; i=$((i + 9)); }
done`,
    { signal, timeoutMs: 2 * END_MS_MAX },
  );
  if (exitCode === 0) return;
  throw failure(
    'probeNotEnded',
    `The probe with process id ${probe.pid} on ${shell.label} did not end.`,
    `End it there with: kill -9 ${probe.pid}`,
  );
}
