// What a compiler said of a person's kernel, as lines that can be pointed at: from the runner's one sentence, and from a compiler's own log.
//
//   The kernel does not compile: scale.cu:3: identifier "cuont" is undefined | scale.cu:5: expected a ";" (and 2 more)
//   scale.cu(3): error: identifier "cuont" is undefined
//   scale.cu:3:10: warning: unused variable

import type { Point } from './experiments';

export interface CompileMessage {
  readonly severity: 'error' | 'warning' | 'note';
  /** 1-based; undefined when the compiler named none. */
  readonly line: number | undefined;
  readonly text: string;
}

const SENTENCE = 'The kernel does not compile: ';
const PLACED = /^(?:[^:()|]+?)(?:\((\d+)\)|:(\d+)(?::\d+)?)\s*:\s*(.+)$/;
const WORDED = /^(?:\w+\s+)?(?:catastrophic |fatal )?(error|warning|note)(?: #[\w-]+)?\s*:\s*(.+)$/;

/** One message; a text without a severity of its own is an error where only errors are told. */
function parseMessage(text: string, isToldError: boolean): CompileMessage | undefined {
  const [, paren, colon, rest] = PLACED.exec(text) ?? [undefined, undefined, undefined, text];
  const line = paren ?? colon;
  const [, severity, said] = WORDED.exec(rest) ?? [];
  if (severity === undefined && !isToldError) return undefined;
  return {
    severity: (severity ?? 'error') as CompileMessage['severity'],
    line: line === undefined ? undefined : Number(line),
    text: (said ?? rest).trim(),
  };
}

/** Messages of a compiler in any text, in their order, each once. Empty when the text holds none. */
export function compileMessages(text: string): CompileMessage[] {
  const messages: CompileMessage[] = [];
  for (const line of text.split('\n')) {
    const isTold = line.startsWith(SENTENCE);
    const pieces = isTold ? line.slice(SENTENCE.length).split(' | ') : [line.trim()];
    for (const piece of pieces) {
      const message = parseMessage(piece, isTold);
      if (!message || messages.some((known) => known.line === message.line && known.text === message.text)) continue;
      messages.push(message);
    }
  }
  return messages;
}

/** Of an experiment: from its last sentence and what its points failed with. */
export function experimentMessages(sentence: string, points: readonly Pick<Point, 'failure'>[]): CompileMessage[] {
  return compileMessages([sentence, ...points.map(({ failure }) => failure)].join('\n'));
}

/** The line of the source that a message is about; undefined when there is none. */
export function sourceLine(source: string, line: number | undefined): string | undefined {
  return line === undefined ? undefined : source.split('\n')[line - 1];
}
