// All launched programs of this probe, and the collectors that belong to them.

import { existsSync } from 'node:fs';
import type { TraceKind } from '../../shared/model/enums';
import type { LaunchParams, TargetExited } from '../../shared/rpc/methods';
import { failure } from '../../shared/util/failure';
import type { Collector } from '../daemon/collector';
import type { Journal } from '../daemon/journal';
import { environmentOf } from './environment';
import { Target } from './target';

/** How long after a program's end its collectors may still send. */
const COLLECTORS_MS = 2000;
const MS_STEP = 10;
const ENDED_TARGETS_MAX = 1000;

export interface TargetsOptions {
  readonly journal: Journal;
  readonly collectorPath: string | undefined;
  readonly socketPath: string;
  readonly onExited: (exited: TargetExited) => void;
}

export class Targets {
  private readonly targets = new Map<number, Target>();
  private readonly collectors = new Map<number, Set<Collector>>();
  private readonly exits = new Map<number, TargetExited>();
  private lastTargetId = 0;
  private isClosing = false;

  constructor(private readonly options: TargetsOptions) {}

  async launch(params: LaunchParams): Promise<Target> {
    const { journal, socketPath } = this.options;
    const collectorPath = this.usableCollector();
    const targetId = ++this.lastTargetId;
    const { env, replaced } = environmentOf({
      own: process.env,
      added: params.env ?? {},
      collectorPath,
      socketPath,
      targetId,
    });
    if (replaced) {
      journal.diagnostic(
        'warning',
        'injectionReplaced',
        `The environment names another injected library, ${replaced}; it was replaced.`,
        'Unset CUDA_INJECTION64_PATH to be rid of this message.',
      );
    }
    const target = await Target.launch(targetId, params, env, journal);
    this.targets.set(targetId, target);
    if (params.delayMs) this.startLater(target, params.delayMs);
    void this.watch(target);
    return target;
  }

  private usableCollector(): string | undefined {
    const { collectorPath, journal } = this.options;
    if (collectorPath && existsSync(collectorPath)) return collectorPath;
    const where = collectorPath ? `There is no collector at ${collectorPath}` : 'The collector is not built';
    journal.diagnostic(
      'warning',
      'collectorMissing',
      `${where}, so the program runs but its CUDA work is not captured.`,
      'Build it with: npm run build:native',
    );
    return undefined;
  }

  private startLater(target: Target, delayMs: number): void {
    setTimeout(() => {
      if (!target.end && target.kinds.length === 0) this.setKinds(target.targetId, target.params.kinds);
    }, delayMs).unref();
  }

  private async watch(target: Target): Promise<void> {
    const end = await target.ended();
    const deadlineMs = Date.now() + COLLECTORS_MS;
    while ((this.collectors.get(target.targetId)?.size ?? 0) > 0 && Date.now() < deadlineMs && !this.isClosing) {
      await new Promise((resolve) => setTimeout(resolve, MS_STEP));
    }
    this.options.journal.flush();
    const exited = {
      targetId: target.targetId,
      pid: target.pid,
      exitCode: end.exitCode,
      signal: end.signal,
      nextSequence: this.options.journal.spool.flushedNext,
    };
    this.exits.set(target.targetId, exited);
    while (this.exits.size > ENDED_TARGETS_MAX) {
      const [oldest] = this.exits.keys();
      this.exits.delete(oldest);
      this.targets.delete(oldest);
    }
    this.options.onExited(exited);
  }

  get(targetId: number): Target {
    const target = this.targets.get(targetId);
    if (!target)
      throw failure('noTarget', `There is no target ${targetId}.`, 'target/list names the targets of this probe.');
    return target;
  }

  list() {
    return [...this.targets.values()].map((target) => ({
      targetId: target.targetId,
      pid: target.pid,
      command: target.params.command,
      args: target.params.args,
      kinds: target.kinds,
      running: !this.exits.has(target.targetId),
      exited: this.exits.get(target.targetId),
    }));
  }

  setKinds(targetId: number, kinds: readonly TraceKind[]): void {
    const target = this.get(targetId);
    target.kinds = [...kinds];
    for (const collector of this.collectors.get(targetId) ?? []) collector.setKinds(kinds);
  }

  joined(collector: Collector): void {
    if (collector.targetId === undefined) return;
    const set = this.collectors.get(collector.targetId) ?? new Set();
    set.add(collector);
    this.collectors.set(collector.targetId, set);
  }

  left(collector: Collector): void {
    if (collector.targetId !== undefined) this.collectors.get(collector.targetId)?.delete(collector);
  }

  /** Ends all targets: SIGTERM, then SIGKILL, and waits until they are gone. */
  async close(): Promise<void> {
    this.isClosing = true;
    const running = [...this.targets.values()].filter((target) => !target.end);
    for (const target of running) target.stop('SIGTERM');
    while (running.some((target) => !target.end)) await new Promise((resolve) => setTimeout(resolve, MS_STEP));
  }
}
