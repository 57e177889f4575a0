// What a compiler said of a person's kernel, as lines that can be pointed at.

import type { Point } from './experiments';

export interface CompileMessage {
  readonly severity: 'error' | 'warning' | 'note';
  /** 1-based; undefined when the compiler named none. */
  readonly line: number | undefined;
  readonly text: string;
}

// NVRTC: "kernel.cu(12): error: …"; others: "kernel.cu:12: error: …" and "kernel.cu:12:5: error: …".
const MESSAGE =
  /^\s*(?<file>[^:()\n]+?)(?:\((?<paren>\d+)\)|:(?<colon>\d+)(?::\d+)?)?\s*:\s*(?:catastrophic |fatal )?(?<severity>error|warning|note)(?: #[\w-]+)?\s*:\s*(?<text>.+)$/;

/** Messages of a compiler in any text, in their order, each once. Empty when the text holds none. */
export function compileMessages(text: string): CompileMessage[] {
  const messages: CompileMessage[] = [];
  for (const each of text.split('\n')) {
    const groups = MESSAGE.exec(each)?.groups;
    if (!groups) continue;
    const line = groups.paren ?? groups.colon;
    const message: CompileMessage = {
      severity: groups.severity as CompileMessage['severity'],
      line: line === undefined ? undefined : Number(line),
      text: groups.text.trim(),
    };
    if (!messages.some((known) => known.line === message.line && known.text === message.text)) messages.push(message);
  }
  return messages;
}

/** Of an experiment: from its last sentence and what its points failed with. */
export function experimentMessages(sentence: string, points: readonly Pick<Point, 'failure'>[]): CompileMessage[] {
  return compileMessages([sentence, ...points.map(({ failure }) => failure)].join('\n'));
}

/** The line of the source that a message is about, and what stands beside it; undefined when there is none. */
export function sourceLine(source: string, line: number | undefined): string | undefined {
  return line === undefined ? undefined : source.split('\n')[line - 1];
}
