// Experiments that were kept to be compared with, beyond their sessions: one JSON file beside the history. It is read anew each time, because
// another window of the program may have written it.

import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { failure } from '../../../shared/util/failure';
import { type Baseline, baseline } from '../../../shared/window/methods';
import { fileFailure } from '../session/file-failure';

export const BASELINE_COUNT_MAX = 100;

const content = z.object({ baselines: z.array(baseline).max(BASELINE_COUNT_MAX) });

export class Baselines {
  constructor(private readonly path: string) {}

  /**
   * All of them, the latest first. Throws FailureError: for a file that may not be read, and for a damaged one, which is set aside
   * first, so that the next call begins with none.
   */
  list(): Baseline[] {
    if (!existsSync(this.path)) return [];
    let text: string;
    try {
      text = readFileSync(this.path, 'utf8');
    } catch (error) {
      throw fileFailure(error, this.path, 'read');
    }
    try {
      return content.parse(JSON.parse(text)).baselines;
    } catch {
      throw this.setAside();
    }
  }

  /** Keeps one more and gives it its id. Throws FailureError when there are too many, or when it cannot be written. */
  pin(points: Omit<Baseline, 'id'>): Baseline {
    const all = this.list();
    if (all.length >= BASELINE_COUNT_MAX) {
      throw failure('tooManyBaselines', `There are ${all.length} baselines already.`, 'Remove one, then pin again.');
    }
    const pinned = { ...points, id: randomUUID() };
    this.write([pinned, ...all]);
    return pinned;
  }

  /** One that is gone already is no mistake. Throws FailureError when the file cannot be written. */
  remove(id: string): void {
    const all = this.list();
    const left = all.filter((each) => each.id !== id);
    if (left.length < all.length) this.write(left);
  }

  private write(baselines: readonly Baseline[]): void {
    try {
      mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
      writeFileSync(`${this.path}.part`, JSON.stringify({ baselines }, undefined, 1), { mode: 0o600 });
      renameSync(`${this.path}.part`, this.path);
    } catch (error) {
      // Of mkdir: a file lies where the folder should be. Nothing else here minds what exists.
      const isInTheWay = (error as NodeJS.ErrnoException).code === 'EEXIST';
      throw fileFailure(isInTheWay ? { code: 'ENOTDIR' } : error, this.path, 'write');
    }
  }

  private setAside() {
    const stamp = new Date().toISOString().replace(/[-:.]/g, '');
    const aside = `${this.path.replace(/\.json$/, '')}-damaged-${stamp}.json`;
    try {
      renameSync(this.path, aside);
    } catch (error) {
      return fileFailure(error, this.path, 'write');
    }
    return failure(
      'damagedBaselines',
      `The file of the baselines is damaged and was set aside as ${aside}.`,
      'Go on without them, or repair that file and move it back.',
    );
  }
}
