import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { failure } from '../../../shared/util/failure';
import { findInstallation } from '../../host/installation';
import type { Terminal, Verb } from '../command';
import { ensureElectron, whyNoDisplay } from '../electron-runtime';

/** A window that ends so soon did not start. */
const EARLY_MS = 10_000;
const SAID_CHARS_MAX = 4096;

function earlyEnd(how: string, said: string): Error {
  const lines = said.split('\n').filter((line) => /FATAL|ERROR|rror:/.test(line));
  const words = (lines.at(-1) ?? said.trim().split('\n').at(-1) ?? '').slice(0, 300);
  const remedy = /sandbox|namespace/i.test(said)
    ? 'This system forbids the sandbox of Chromium to ordinary users; make chrome-sandbox beside the runtime setuid root, or allow user namespaces.'
    : 'See all it says with --verbose; without a window use: hookanalyzer record, stats, export.';
  return failure('windowEnded', `The window ended at once, with ${how}. ${words}`.trim(), remedy);
}

/** Starts the window with these words and waits until it is closed. Returns the exit code. Throws FailureError. */
export function openWindow(words: readonly string[], terminal: Terminal): Promise<number> {
  const why = whyNoDisplay();
  if (why)
    throw failure('noDisplay', why, 'Without one use: hookanalyzer record, stats, export; see hookanalyzer --help.');
  const { root } = findInstallation();
  const binary = ensureElectron(root, (sentence) => terminal.err(`hookanalyzer: ${sentence}\n`));
  // Chromium refuses its sandbox to root.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const env = { ...process.env };
  delete env.ELECTRON_RUN_AS_NODE;
  const child = spawn(binary, [...sandbox, root, '--hookanalyzer', ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env,
  });
  const startedMs = Date.now();
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-SAID_CHARS_MAX);
    if (terminal.verbose) terminal.err(text);
  });
  return new Promise((done, reject) => {
    const forward = () => child.kill('SIGTERM');
    process.once('SIGINT', forward).once('SIGTERM', forward);
    child.once('error', (error) =>
      reject(
        failure('noElectron', `The window cannot be started: ${error.message}.`, 'Remove out/electron and try again.'),
      ),
    );
    child.once('close', (code, signal) => {
      const isEarly = Date.now() - startedMs < EARLY_MS;
      if (signal === 'SIGTERM' || code === 0) done(0);
      else if (isEarly) reject(earlyEnd(signal ?? `exit code ${code}`, said));
      else done(code ?? 1);
    });
  });
}

/** `hookanalyzer open`: the window. */
export const open: Verb = {
  name: 'open',
  summary: 'Open the window, on a session file, on a file of trtexec, on a board, or on its start page.',
  usage: '[FILE.hka | FILE.json | USER@HOST]',
  wordCount: [0, 1],
  examples: ['hookanalyzer open', 'hookanalyzer open demo.hka', 'hookanalyzer open nvidia@orin'],
  options: {},
  run: async (parsed, terminal) => {
    const [word] = parsed.words;
    if (word !== undefined && /\.(?:hka|json)$/.test(word) && !existsSync(word)) {
      throw failure('noFile', `There is no file ${word}.`, 'Check the name; `hookanalyzer record` makes one.');
    }
    return openWindow(word === undefined ? [] : [existsSync(word) ? resolve(word) : word], terminal);
  },
};
