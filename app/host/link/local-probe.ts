// A probe of one's own on this machine: a child process that ends with this one.

import { spawn } from 'node:child_process';
import { failure } from '../../../shared/util/failure';
import { localTransport, type Transport } from './transport';

const READY_MS = 15_000;
const STOP_MS = 8000;
const STDERR_CHARS_MAX = 4000;

export interface LocalProbeOptions {
  readonly probePath: string;
  readonly collectorPath: string | undefined;
  readonly spoolDir: string;
  readonly socketPath: string;
  readonly ringBytes?: number;
}

export interface LocalProbe {
  readonly transport: Transport;
  readonly pid: number;
  /** Ends the probe and the targets it still has. */
  stop(): Promise<void>;
}

/** Starts a probe and waits until it listens. Throws a FailureError with what the probe said. */
export async function startLocalProbe(options: LocalProbeOptions): Promise<LocalProbe> {
  const args = [
    options.probePath,
    'serve',
    '--exit-with-parent',
    '--socket',
    options.socketPath,
    '--spool',
    options.spoolDir,
  ];
  if (options.collectorPath) args.push('--collector', options.collectorPath);
  if (options.ringBytes) args.push('--ring-bytes', String(options.ringBytes));
  // In Electron execPath is Electron itself, which runs as Node with this variable; Node does not know it.
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'], env, detached: true });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-STDERR_CHARS_MAX);
  });
  const refused = () =>
    failure(
      'probeNotStarted',
      `The probe could not be started${said ? `: ${said.trim()}` : '.'}`,
      'hookanalyzer doctor says what is missing.',
    );
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(refused());
    }, READY_MS);
    const settle = (then: () => void) => {
      clearTimeout(timer);
      then();
    };
    child.once('error', () => settle(() => reject(refused())));
    void ended.then(() => settle(() => reject(refused())));
    child.stdout.once('data', () => settle(resolve));
  });
  const transport = localTransport(options.socketPath);
  const stop = async () => {
    await transport.close();
    child.stdin.end();
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(timer);
  };
  return { transport, pid: child.pid as number, stop };
}
