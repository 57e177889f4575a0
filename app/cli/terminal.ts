// Prompts and progress on a terminal. In a pipe there is neither.

import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { failure } from '../../shared/util/failure';
import type { Terminal } from './command';

/** One line that is written over. Quiet when nobody watches. */
export class ProgressLine {
  private shownMs = 0;
  private isShown = false;

  constructor(private readonly terminal: Terminal) {}

  show(text: string): void {
    const nowMs = Date.now();
    if (!this.terminal.isInteractive || nowMs - this.shownMs < 100) return;
    this.shownMs = nowMs;
    this.isShown = true;
    this.terminal.err(`\r\x1b[2K${text}`);
  }

  clear(): void {
    if (this.isShown) this.terminal.err('\r\x1b[2K');
    this.isShown = false;
  }
}

/** Asks on the terminal. `hidden` answers are not shown. Throws FailureError where there is no terminal. */
export async function ask(question: string, { hidden }: { hidden: boolean }): Promise<string> {
  if (!process.stdin.isTTY) {
    throw failure(
      'noTerminal',
      `There is no terminal to ask "${question.trim()}".`,
      'Run the command in a terminal, or use an ssh agent.',
    );
  }
  process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: process.stdin, output: hidden ? silent : process.stderr, terminal: true });
  return new Promise((resolve, reject) => {
    reader.once('SIGINT', () => {
      reader.close();
      reject(failure('cancelled', 'Cancelled.', ''));
    });
    reader.once('line', (line) => {
      reader.close();
      if (hidden) process.stderr.write('\n');
      resolve(line);
    });
  });
}
