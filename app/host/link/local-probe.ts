// A probe of one's own, for recording on this machine: started as a child, ended with it.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { type FailureError, failure } from '../../../shared/util/failure';
import { checkSocketPath, openLocalSocket, type Transport } from './transport';

export interface LocalProbeOptions {
  /** The probe's program, a JavaScript file for Node. */
  readonly probePath: string;
  /** The collector that targets load; without it the probe says that CUDA cannot be captured. */
  readonly collectorPath?: string;
  readonly spoolDir: string;
  readonly socketPath: string;
  /** Of the ring on disk; the probe's default when undefined. */
  readonly ringBytes?: number;
  /** How long it may take until it listens. */
  readonly startMsMax?: number;
}

export interface LocalProbe {
  readonly transport: Transport;
  readonly sessionId: string;
  readonly pid: number;
  /** Ends the probe and the targets it started, and waits for it. */
  stop(): Promise<void>;
}

const START_MS_MAX = 10_000;
/** The probe gives its targets 3 s to end; then it has this long for itself. */
const STOP_MS_MAX = 8_000;
const OUTPUT_CHARS_MAX = 4096;

function commandLine(options: LocalProbeOptions): string[] {
  const { probePath, collectorPath, spoolDir, socketPath, ringBytes } = options;
  const words = [probePath, 'serve', '--socket', socketPath, '--spool', spoolDir, '--exit-with-parent'];
  if (collectorPath !== undefined) words.push('--collector', collectorPath);
  if (ringBytes !== undefined) words.push('--ring-bytes', String(ringBytes));
  return words;
}

function startFailure(sentence: string, stderr: string): FailureError {
  const said = stderr.trim().replace(/\s+/g, ' ').slice(0, 600);
  return failure(
    'probeNotStarted',
    said === '' ? sentence : `${sentence} It said: ${said}`,
    'Run `hookanalyzer doctor`, or `hookanalyzer serve` to see the probe start by itself.',
  );
}

/** Resolves with the session id of the ready line, which is the probe's only line on its standard output. */
function whenReady(child: ChildProcess, stderr: () => string, startMsMax: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let stdout = '';
    const timer = setTimeout(
      () => reject(startFailure(`The probe did not start within ${startMsMax / 1000} s.`, stderr())),
      startMsMax,
    );
    child.once('error', (error) => reject(startFailure(`The probe could not be started: ${error.message}.`, '')));
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      reject(startFailure(`The probe ended at once, with ${signal ?? `exit code ${code}`}.`, stderr()));
    });
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout = (stdout + text).slice(0, OUTPUT_CHARS_MAX);
      const line = stdout.indexOf('\n') < 0 ? undefined : stdout.slice(0, stdout.indexOf('\n'));
      if (line === undefined) return;
      clearTimeout(timer);
      const sessionId = /"sessionId":"([^"]+)"/.exec(line)?.[1];
      if (line.includes('"ready":true') && sessionId !== undefined) resolve(sessionId);
      else reject(startFailure(`The probe began with an unexpected line: ${line.slice(0, 200)}`, stderr()));
    });
  });
}

async function stopChild(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.stdin?.end();
  const timers = [
    setTimeout(() => child.kill('SIGTERM'), STOP_MS_MAX),
    setTimeout(() => child.kill('SIGKILL'), 2 * STOP_MS_MAX),
  ];
  await ended;
  for (const timer of timers) clearTimeout(timer);
}

/**
 * Starts a probe and waits until it listens. Throws FailureError `probeNotStarted` with what it wrote to its standard error.
 * The folder of the socket is made when it is missing.
 */
export async function startLocalProbe(options: LocalProbeOptions): Promise<LocalProbe> {
  checkSocketPath(options.socketPath);
  mkdirSync(path.dirname(options.socketPath), { recursive: true, mode: 0o700 });
  const child = spawn(process.execPath, commandLine(options), {
    stdio: ['pipe', 'pipe', 'pipe'],
    // Ctrl-C in a terminal goes to the whole group; the probe is ended by its input, when the recording is whole.
    detached: true,
    // Only Electron's binary needs to be told that it is Node here; targets inherit the environment and must not be.
    env: process.versions.electron ? { ...process.env, ELECTRON_RUN_AS_NODE: '1' } : process.env,
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-OUTPUT_CHARS_MAX);
  });
  child.stdin.on('error', () => {}); // the probe may be gone when its input is closed; `ended` tells
  const listeners = new Set<(reason: string) => void>();
  let exitClause: string | undefined;
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('close', (code, signal) => {
      exitClause = `the probe ended with ${signal ?? `exit code ${code}`}`;
      for (const listener of listeners) listener(exitClause);
      resolve();
    });
  });
  const stop = () => stopChild(child, ended);
  const sessionId = await whenReady(child, () => stderr, options.startMsMax ?? START_MS_MAX).catch(async (error) => {
    child.kill('SIGKILL');
    await ended;
    throw error;
  });
  const connect = () => {
    if (exitClause === undefined) return openLocalSocket(options.socketPath);
    const said = stderr.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
    const sentence = `The probe on this machine is gone: ${exitClause}.${said ? ` It said: ${said}` : ''}`;
    return Promise.reject(failure('probeExited', sentence, 'Start the recording again.'));
  };
  const transport: Transport = {
    label: 'this machine',
    connect,
    close: stop,
    onLost: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return { transport, sessionId, pid: child.pid ?? 0, stop };
}
