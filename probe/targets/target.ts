// One launched program from its start to the moment when all its rows are in the ring.

import { readlinkSync } from 'node:fs';
import { constants } from 'node:os';
import { enums, type TraceKind } from '../../shared/model/enums';
import type { LaunchParams, RequestResult, TargetExited } from '../../shared/rpc/methods';
import type { WorkloadChange } from '../../shared/rpc/workload-control';
import { failure } from '../../shared/util/failure';
import { formatHello } from '../../shared/wire/hello';
import { HELLO_BYTES_MAX } from '../../shared/wire/limits';
import { tables } from '../../shared/wire/tables';
import type { CollectorConnection } from '../daemon/collector-connection';
import type { FlowGate } from '../daemon/flow-gate';
import { DRAIN_MS_MAX, STOP_GRACE_MS } from '../daemon/limits';
import type { OwnRows } from '../daemon/own-rows';
import { recordOutput } from './output';
import type { Program } from './spawn';

export type TargetState = RequestResult<'target/list'>['targets'][number];
export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGKILL';

export interface TargetOptions {
  readonly targetId: number;
  readonly params: LaunchParams;
  readonly program: Program & { readonly pid: number };
  readonly own: OwnRows;
  readonly gate: FlowGate;
  /** The sequence of the next packet. */
  readonly nextSequence: () => number;
  readonly stopGraceMs?: number;
}

interface Ending {
  readonly exitCode: number;
  readonly signal: NodeJS.Signals | undefined;
}

export class Target {
  /** Resolves when it has ended and its rows are in the ring. */
  readonly exited: Promise<TargetExited>;
  private readonly collectors = new Set<CollectorConnection>();
  private readonly collectorWaiters: (() => void)[] = [];
  private kinds: readonly TraceKind[];
  private isDelayed: boolean;
  private ending: Ending | undefined;
  private told: TargetExited | undefined;
  private killTimer: NodeJS.Timeout | undefined;
  private readonly ended: Promise<Ending>;

  constructor(private readonly options: TargetOptions) {
    const { program, params, own, gate } = options;
    const pid = program.pid;
    this.kinds = params.kinds;
    this.isDelayed = (params.delayMs ?? 0) > 0;
    this.ended = new Promise((resolve) => {
      program.on('exit', (code, signal) => {
        this.ending = { exitCode: code ?? -1, signal: signal ?? undefined };
        resolve(this.ending);
      });
    });
    program.on('error', () => undefined); // a signal that came too late; the start itself was checked
    this.appendProcessRow('started', -1);
    const output = Promise.all([
      recordOutput(program.stdout, { own, gate, pid, stream: 'stdout' }),
      recordOutput(program.stderr, { own, gate, pid, stream: 'stderr' }),
    ]);
    this.exited = this.waitForEnd(output);
    this.startLater();
  }

  private startLater(): void {
    if (!this.isDelayed) return;
    const timer = setTimeout(() => {
      this.isDelayed = false;
      this.sendKinds();
    }, this.options.params.delayMs);
    void this.ended.then(() => clearTimeout(timer));
  }

  get targetId(): number {
    return this.options.targetId;
  }

  get pid(): number {
    return this.options.program.pid;
  }

  get isRunning(): boolean {
    return this.ending === undefined;
  }

  get wantsLatency(): boolean {
    return this.options.params.latencyTimestamps === true;
  }

  /** What its collectors are to trace now: nothing before the delay is over. */
  get tracedKinds(): readonly TraceKind[] {
    return this.isDelayed ? [] : this.kinds;
  }

  get state(): TargetState {
    const { command, args } = this.options.params;
    return {
      targetId: this.targetId,
      pid: this.pid,
      command,
      args,
      kinds: [...this.kinds],
      running: this.isRunning,
      exited: this.told,
    };
  }

  setKinds(kinds: readonly TraceKind[]): void {
    this.kinds = kinds;
    this.sendKinds();
  }

  private sendKinds(): void {
    for (const collector of this.collectors) collector.sendKinds(this.tracedKinds);
  }

  /** Throws a FailureError when nothing in it takes changes, or the change is too long for a line. */
  sendChange(change: WorkloadChange): void {
    const takers = [...this.collectors].filter(({ takesChanges }) => takesChanges);
    if (takers.length === 0) {
      throw failure(
        'takesNoChanges',
        `The program of target ${this.targetId} takes no changes.`,
        'Only workloads do, from the moment at which they begin to load until they end.',
      );
    }
    const line = formatHello({ change: JSON.stringify(change) });
    if (line.length > HELLO_BYTES_MAX) {
      throw failure('changeTooLong', 'The change is too long for one line.', 'Change less at once.');
    }
    for (const taker of takers) taker.sendLine(line);
  }

  addCollector(collector: CollectorConnection): void {
    this.collectors.add(collector);
  }

  removeCollector(collector: CollectorConnection): void {
    this.collectors.delete(collector);
    if (this.collectors.size === 0) for (const wake of this.collectorWaiters.splice(0)) wake();
  }

  /** Signals the whole process group; what is left of it after the grace is killed. Does nothing when it has ended. */
  stop(signal: StopSignal): void {
    if (!this.isRunning) return;
    this.signalGroup(signal);
    this.killTimer ??= setTimeout(() => this.signalGroup('SIGKILL'), this.options.stopGraceMs ?? STOP_GRACE_MS);
    void this.ended.then(() => {
      // Nobody is left to kill, or children outlive the program: they keep what is left of the grace.
      if (this.signalGroup(0)) return;
      clearTimeout(this.killTimer);
      this.killTimer = undefined;
    });
  }

  /** Kills what a stopped target left behind, without waiting for the rest of its grace. */
  killRest(): void {
    if (!this.killTimer) return;
    clearTimeout(this.killTimer);
    this.signalGroup('SIGKILL');
  }

  // Returns false when no process of the group is left.
  private signalGroup(signal: StopSignal | 0): boolean {
    try {
      process.kill(-this.pid, signal);
      return true;
    } catch {
      return false;
    }
  }

  private async waitForEnd(output: Promise<unknown>): Promise<TargetExited> {
    const { exitCode, signal } = await this.ended;
    this.appendProcessRow('exited', signal ? 128 + constants.signals[signal] : exitCode);
    await atMost(DRAIN_MS_MAX, Promise.all([output, this.collectorsClosed()]));
    const { own, nextSequence } = this.options;
    own.flushLosses();
    this.told = { targetId: this.targetId, pid: this.pid, exitCode, signal, nextSequence: nextSequence() };
    return this.told;
  }

  private collectorsClosed(): Promise<void> {
    if (this.collectors.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.collectorWaiters.push(resolve));
  }

  private appendProcessRow(event: 'started' | 'exited', exitCode: number): void {
    const { own, params, program } = this.options;
    own.append(tables.process, [
      {
        timeNs: own.nowNs(),
        event: enums.processEvent[event],
        pid: program.pid,
        parentPid: process.pid,
        exitCode,
        executable: event === 'started' ? this.findExecutable() : this.executable,
        arguments: [params.command, ...params.args].join(' '),
      },
    ]);
  }

  private executable = '';

  private findExecutable(): string {
    try {
      this.executable = readlinkSync(`/proc/${this.pid}/exe`);
    } catch {
      this.executable = this.options.params.command; // it has ended already
    }
    return this.executable;
  }
}

async function atMost(ms: number, done: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([done, over]);
  clearTimeout(timer);
}
