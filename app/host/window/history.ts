// What a person used last: files, boards, commands. One small JSON file in the user's folder of the program.

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { type LaunchParams, launchParams } from '../../../shared/rpc/methods';

const COUNT_MAX = 20;
const content = z.object({
  files: z.array(z.string()).default([]),
  targets: z.array(z.string()).default([]),
  commands: z.array(launchParams).default([]),
});
type Content = z.infer<typeof content>;

function latestFirst<T>(list: readonly T[], entry: T): T[] {
  const same = JSON.stringify(entry);
  return [entry, ...list.filter((each) => JSON.stringify(each) !== same)].slice(0, COUNT_MAX);
}

/** A history that cannot be read begins anew, and one that cannot be written is forgotten: it is a convenience. */
export class History {
  private content: Content;

  constructor(private readonly path: string) {
    this.content = this.read();
  }

  get files(): readonly string[] {
    return this.content.files;
  }

  get targets(): readonly string[] {
    return this.content.targets;
  }

  get commands(): readonly LaunchParams[] {
    return this.content.commands;
  }

  addFile(path: string): void {
    this.write({ ...this.content, files: latestFirst(this.content.files, path) });
  }

  addTarget(target: string): void {
    this.write({ ...this.content, targets: latestFirst(this.content.targets, target) });
  }

  addCommand(launch: LaunchParams): void {
    this.write({ ...this.content, commands: latestFirst(this.content.commands, launch) });
  }

  private read(): Content {
    try {
      return existsSync(this.path) ? content.parse(JSON.parse(readFileSync(this.path, 'utf8'))) : content.parse({});
    } catch {
      return content.parse({});
    }
  }

  private write(next: Content): void {
    this.content = next;
    try {
      mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
      writeFileSync(`${this.path}.part`, JSON.stringify(next, undefined, 1), { mode: 0o600 });
      renameSync(`${this.path}.part`, this.path);
    } catch {
      // The folder cannot be written; the next start begins without a history.
    }
  }
}
