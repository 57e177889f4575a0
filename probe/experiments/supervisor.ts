// Runs an experiment in worker processes, and tells of it as rows: one worker measures from the first point on; when it crashes, or says nothing
// for too long, that point gets its sentence and a new worker goes on behind it. Hardware counters come last, in a pass of their own without
// the injected collector, because CUPTI serves one tool a process.

import { fork } from 'node:child_process';
import type { ExperimentSpec } from '../../shared/rpc/experiment';
import { type DeviceTraits, failedPoint, type PointPlan, type PointResult, type WorkerMessage } from './point';

export type Pass = 'times' | 'counters';

/** Who is told of the experiment, as it goes. */
export interface Listener {
  started(device: DeviceTraits, plans: readonly PointPlan[]): void;
  begun(index: number): void;
  measured(index: number, result: PointResult): void;
  counted(index: number, values: Readonly<Record<string, number>>): void;
  notice(sentence: string, remedy: string): void;
}

export type Outcome =
  | { readonly kind: 'done' | 'cancelled' }
  | { readonly kind: 'failed'; readonly sentence: string; readonly remedy: string };

export interface SupervisorOptions {
  readonly spec: ExperimentSpec;
  /** The program and the words that make a worker of it, without `--from` and `--pass`. */
  readonly modulePath: string;
  readonly words: readonly string[];
  /** A worker that says nothing for so long is ended. */
  readonly pointMsMax: number;
  /** The same before its first word; at least pointMsMax. */
  readonly startMsMax?: number;
  readonly listener: Listener;
  readonly signal: AbortSignal;
}

/** So many points in a row that end their worker are a fault that the next one does not mend. */
const CRASHES_MAX = 5;
/** Loading the CUDA runtime on a board takes seconds; nvcc ends by itself after 120 s (native/addon/cuda/compiler/nvcc.h) and then says so. */
const START_MS_MAX = 150_000;
/** Variables that load the collector into a process. */
const COLLECTOR_VARIABLES = ['CUDA_INJECTION64_PATH', 'NVTX_INJECTION64_PATH', 'HOOKANALYZER_SOCKET'];
/** A point may take longer, and the probe kills what has not ended 3 s after its signal: the last row must be sent until then. */
const CANCEL_MS_MAX = 1500;
const REMEDY = 'Look at the output of the experiment’s runner.';

interface WorkerEnd {
  readonly kind: 'done' | 'failed' | 'lost' | 'cancelled';
  readonly sentence: string;
  readonly remedy: string;
}

export class Supervisor {
  private pointCount = 0;
  /** Points before this one are told. */
  private nextIndex = 0;
  private begunIndex: number | undefined;
  private begunNs = 0n;
  private isStarted = false;

  constructor(private readonly options: SupervisorOptions) {}

  /** Measures all of it. Resolves when the last worker has ended; never rejects. */
  async run(): Promise<Outcome> {
    const times = await this.runPass('times');
    if (times.kind !== 'done' || !this.options.spec.readCounters) return times;
    this.nextIndex = 0;
    return this.runPass('counters');
  }

  private async runPass(pass: Pass): Promise<Outcome> {
    for (let crashCount = 0; ; ) {
      const before = this.nextIndex;
      const end = await this.runWorker(pass);
      if (end.kind === 'done' || end.kind === 'cancelled') return { kind: end.kind };
      if (end.kind === 'failed') return { kind: 'failed', sentence: end.sentence, remedy: end.remedy };
      if (!this.isStarted) return { kind: 'failed', sentence: end.sentence, remedy: REMEDY };
      if (pass === 'times') this.tellLost(end.sentence);
      else this.nextIndex = (this.begunIndex ?? this.nextIndex) + 1;
      // Past its first point a worker has measured something; only then is the point that ended it the first in a row.
      crashCount = this.nextIndex > before + 1 ? 1 : crashCount + 1;
      if (crashCount >= CRASHES_MAX) {
        const sentence = `${CRASHES_MAX} points in a row ended their worker; the last: ${end.sentence}`;
        return { kind: 'failed', sentence, remedy: REMEDY };
      }
      if (this.nextIndex >= this.pointCount) return { kind: 'done' };
    }
  }

  // The point at which the worker was, unless it had told of it already.
  private tellLost(sentence: string): void {
    if (this.begunIndex === undefined || this.begunIndex < this.nextIndex) return;
    this.options.listener.measured(this.begunIndex, failedPoint(this.begunNs, sentence));
    this.nextIndex = this.begunIndex + 1;
  }

  private runWorker(pass: Pass): Promise<WorkerEnd> {
    const { modulePath, words, signal, pointMsMax, startMsMax = START_MS_MAX } = this.options;
    const env = { ...process.env };
    if (pass === 'counters') for (const name of COLLECTOR_VARIABLES) delete env[name];
    this.begunIndex = undefined;
    const child = fork(modulePath, [...words, '--from', String(this.nextIndex), '--pass', pass], {
      env,
      serialization: 'advanced',
    });
    return new Promise((resolve) => {
      let end: WorkerEnd | undefined;
      const endAfter = (ms: number, sentence: string) =>
        setTimeout(() => {
          end = lost(sentence);
          child.kill('SIGKILL');
        }, ms);
      const beginMsMax = Math.max(pointMsMax, startMsMax);
      let timer = endAfter(
        beginMsMax,
        `The worker had not begun after ${beginMsMax / 1000} s of loading and compiling, and was ended.`,
      );
      let killTimer: NodeJS.Timeout | undefined;
      const cancel = () => {
        child.kill('SIGTERM');
        killTimer = setTimeout(() => child.kill('SIGKILL'), CANCEL_MS_MAX);
      };
      signal.addEventListener('abort', cancel);
      if (signal.aborted) cancel();
      child.on('message', (message: WorkerMessage) => {
        clearTimeout(timer);
        timer = endAfter(pointMsMax, `It did not end within ${pointMsMax / 1000} s, and its worker was ended.`);
        end = this.take(message) ?? end;
      });
      child.once('error', (error) => {
        end ??= lost(`The worker could not be started (${error.message}).`);
      });
      child.once('close', (code, exitSignal) => {
        clearTimeout(timer);
        clearTimeout(killTimer);
        signal.removeEventListener('abort', cancel);
        // Ctrl-C reaches the whole group: the worker may be gone before our own signal is seen.
        setImmediate(() => {
          const isCancelled = signal.aborted || exitSignal === 'SIGINT' || exitSignal === 'SIGTERM';
          if (isCancelled && end?.kind !== 'done') resolve({ kind: 'cancelled', sentence: '', remedy: '' });
          else resolve(end ?? lost(endSentence(code, exitSignal)));
        });
      });
    });
  }

  /** The end that the message tells of, if it does. */
  private take(message: WorkerMessage): WorkerEnd | undefined {
    const { listener } = this.options;
    switch (message.kind) {
      case 'ready':
        this.pointCount = message.plans.length;
        if (!this.isStarted) listener.started(message.device, message.plans);
        this.isStarted = true;
        return undefined;
      case 'begin':
        this.begunIndex = message.index;
        this.begunNs = process.hrtime.bigint();
        listener.begun(message.index);
        return undefined;
      case 'point':
        listener.measured(message.index, message.result);
        this.nextIndex = message.index + 1;
        return undefined;
      case 'metrics':
        listener.counted(message.index, message.values);
        this.nextIndex = message.index + 1;
        return undefined;
      case 'notice':
        listener.notice(message.sentence, message.remedy);
        return undefined;
      case 'failed':
        return { kind: 'failed', sentence: message.sentence, remedy: message.remedy };
      case 'done':
        return { kind: 'done', sentence: '', remedy: '' };
    }
  }
}

const lost = (sentence: string): WorkerEnd => ({ kind: 'lost', sentence, remedy: '' });

function endSentence(code: number | null, signal: NodeJS.Signals | null): string {
  return signal === null
    ? `The worker ended with exit code ${code} while it was measured.`
    : `The worker was ended by ${signal} while it was measured.`;
}
