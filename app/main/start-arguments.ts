// What the words behind the program's name ask the window to do. Pure.

import type { AppCommand } from '../../shared/window/bridge';

/** `exists` tells whether a word is a file. Undefined when nothing was asked. */
export function commandOf(argv: readonly string[], exists: (path: string) => boolean): AppCommand | undefined {
  const dashes = argv.indexOf('--hookanalyzer');
  const [word] = dashes < 0 ? [] : argv.slice(dashes + 1);
  if (word === undefined) return undefined;
  if (word === '--demo') return { kind: 'demo' };
  if (word.endsWith('.hka') || exists(word)) return { kind: 'open-file', path: word };
  return { kind: 'connect', target: word };
}
