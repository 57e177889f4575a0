// All programs this probe has launched.

import type { TraceKind } from '../../shared/model/enums';
import type { LaunchParams, TargetExited } from '../../shared/rpc/methods';
import type { WorkloadChange } from '../../shared/rpc/workload-control';
import { type FailureError, failure } from '../../shared/util/failure';
import type { FlowGate } from '../daemon/flow-gate';
import { ENDED_TARGET_COUNT_MAX, RUNNING_TARGET_COUNT_MAX } from '../daemon/limits';
import type { OwnRows } from '../daemon/own-rows';
import type { Spool } from '../spool/spool';
import { deriveEnvironment } from './environment';
import { spawnProgram } from './spawn';
import { type StopSignal, Target, type TargetState } from './target';

export interface TargetsOptions {
  readonly spool: Spool;
  readonly own: OwnRows;
  readonly gate: FlowGate;
  readonly socketPath: string;
  readonly collectorPath: string | undefined;
  readonly onExited: (exited: TargetExited) => void;
  readonly stopGraceMs?: number;
}

function noTarget(targetId: number): FailureError {
  return failure('noTarget', `There is no target ${targetId}.`, 'Ask for the list of targets.');
}

export class Targets {
  private readonly targets = new Map<number, Target>();
  private isClosed = false;

  constructor(private readonly options: TargetsOptions) {}

  /** Starts a program. Throws a FailureError. */
  async launch(params: LaunchParams): Promise<{ targetId: number; pid: number }> {
    const { spool, own, gate, socketPath, collectorPath, stopGraceMs } = this.options;
    this.checkRoom();
    const targetId = spool.newTargetId();
    const { variables, notices } = deriveEnvironment(process.env, params, { socketPath, collectorPath, targetId });
    const program = await spawnProgram({ command: params.command, args: params.args, cwd: params.cwd, variables });
    const nextSequence = () => spool.nextSequence;
    const target = new Target({ targetId, params, program, own, gate, nextSequence, stopGraceMs });
    this.targets.set(targetId, target);
    for (const notice of notices) own.tell(notice);
    void target.exited.then((exited) => {
      this.options.onExited(exited);
      this.forgetOldest();
    });
    if (this.isClosed) target.stop('SIGKILL');
    return { targetId, pid: program.pid };
  }

  private checkRoom(): void {
    const runningCount = [...this.targets.values()].filter((target) => target.isRunning).length;
    if (this.isClosed) throw failure('probeEnding', 'The probe is ending.', 'Start it again, then launch the program.');
    if (runningCount < RUNNING_TARGET_COUNT_MAX) return;
    throw failure(
      'tooManyTargets',
      `${runningCount} programs are running under this probe.`,
      'Stop one of them first.',
    );
  }

  private forgetOldest(): void {
    const ended = [...this.targets.values()].filter((target) => !target.isRunning);
    for (const target of ended.slice(0, -ENDED_TARGET_COUNT_MAX)) this.targets.delete(target.targetId);
  }

  find(targetId: number): Target | undefined {
    return this.targets.get(targetId);
  }

  list(): TargetState[] {
    return [...this.targets.values()].map((target) => target.state);
  }

  /** Throws a FailureError when the target never was. */
  stop(targetId: number, signal: StopSignal = 'SIGTERM'): void {
    this.known(targetId).stop(signal);
  }

  /** Throws a FailureError when the target never was. */
  setKinds(targetId: number, kinds: readonly TraceKind[]): void {
    this.known(targetId).setKinds(kinds);
  }

  /** Hands a change to a workload. Throws a FailureError when the target never was, or takes none. */
  change(targetId: number, change: WorkloadChange): void {
    this.known(targetId).sendChange(change);
  }

  private known(targetId: number): Target {
    const target = this.targets.get(targetId);
    if (!target) throw noTarget(targetId);
    return target;
  }

  /** Stops all of them. Resolves when their rows are in the ring. */
  async close(): Promise<void> {
    this.isClosed = true;
    const running = [...this.targets.values()].filter((target) => target.isRunning);
    for (const target of running) target.stop('SIGTERM');
    await Promise.all([...this.targets.values()].map((target) => target.exited));
    for (const target of running) target.killRest();
  }
}
