// The control files of workloads that run on this machine: one a workload, in a folder of this user. The host appends changes, a line
// of JSON each, and the runner reads them.

import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkloadChange } from '../../../shared/rpc/workload-control';
import { failure } from '../../../shared/util/failure';

export class WorkloadControls {
  /** By session, then by target. */
  private readonly paths = new Map<number, Map<number, string>>();
  private createdCount = 0;

  constructor(private readonly folder: string) {}

  /** A new empty file for a workload of this session. */
  create(session: number): string {
    const folder = this.folderOf(session);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, `${++this.createdCount}.jsonl`);
    writeFileSync(path, '', { mode: 0o600 });
    return path;
  }

  bind(session: number, targetId: number, path: string): void {
    const ofSession = this.paths.get(session) ?? new Map<number, string>();
    this.paths.set(session, ofSession.set(targetId, path));
  }

  /** Throws FailureError for a program that session/workload did not start. */
  write(session: number, targetId: number, change: WorkloadChange): void {
    const path = this.paths.get(session)?.get(targetId);
    if (path === undefined) {
      throw failure(
        'noControl',
        'This program was not started as a workload from this window.',
        'Start a workload in the panel “Scheduler”.',
      );
    }
    appendFileSync(path, `${JSON.stringify(change)}\n`);
  }

  /** The session is closed: nothing reads its files any more. */
  end(session: number): void {
    this.paths.delete(session);
    rmSync(this.folderOf(session), { recursive: true, force: true });
  }

  private folderOf(session: number): string {
    return join(this.folder, `${process.pid}-${session}`);
  }
}
