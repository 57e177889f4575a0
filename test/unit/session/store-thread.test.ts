// The thread of a session's store as seen from outside: how it ends.

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StoreThread } from '../../../app/host/session/store-thread';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hka-store-thread-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A thread that works for so long before it answers that it is closed, and leaves a file behind when it was let. */
function slowThread(workMs: number): { readonly program: string; readonly done: string } {
  const [program, done] = [join(folder, 'thread.cjs'), join(folder, 'done')];
  const lines = [
    `const { parentPort } = require('node:worker_threads');`,
    `const { writeFileSync } = require('node:fs');`,
    `parentPort.on('message', ({ id, name }) => {`,
    `  setTimeout(() => {`,
    `    writeFileSync(${JSON.stringify(done)}, name);`,
    `    parentPort.postMessage({ kind: 'answer', id, answer: undefined });`,
    `  }, ${workMs});`,
    `});`,
  ];
  writeFileSync(program, lines.join('\n'));
  return { program, done };
}

test('closing waits for what the thread still does', async () => {
  const { program, done } = slowThread(50);
  await new StoreThread(program).close();
  expect(existsSync(done)).toBe(true);
});

test('a thread that needs longer is not waited for, and ends its work all the same', async () => {
  const { program, done } = slowThread(4000);
  await new StoreThread(program).close();
  expect(existsSync(done)).toBe(false);
  await expect.poll(() => existsSync(done), { timeout: 30_000 }).toBe(true);
});

test('a thread that failed is closed without a word', async () => {
  const program = join(folder, 'thread.cjs');
  writeFileSync(program, 'throw new Error("no memory");');
  const thread = new StoreThread(program);
  await expect(thread.ask('report', { name: 'losses', range: undefined } as never)).rejects.toThrow('no memory');
  await thread.close();
});
