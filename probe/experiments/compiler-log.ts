// What NVRTC, nvcc and the tools behind them write about a kernel's source, as lines that a person can be led to. Pure.
//   kernel.cu(4): error: identifier "cuont" is undefined        NVRTC and nvcc's own front end
//   kernel.cu:2:10: fatal error: nowhere.h: No such file        the host compiler, which nvcc asks first
//   ptxas error   : Entry function 'f' uses too much shared …   no line of the source
// What is indented below a message is the source and a caret, or goes on with the sentence; it ends the message, and so does an empty line.

export type CompilerSeverity = 'error' | 'warning' | 'note';

export interface CompilerMessage {
  /** As the compiler names it; undefined for what has no place in a source. */
  readonly file?: string;
  /** From 1; undefined where `file` is. */
  readonly line?: number;
  readonly severity: CompilerSeverity;
  /** One sentence without place and number of the message. */
  readonly text: string;
}

// A log of a broken header can name each line of it; past this many nobody reads on.
const MESSAGE_COUNT_MAX = 1000;

const WORD = '(catastrophic error|fatal error|internal error|error|fatal|warning|note|remark)';
const FRONT_END = new RegExp(`^(.+?)\\((\\d+)\\): ${WORD}(?: #\\d+(?:-D)?)?\\s*: (.*)$`);
const HOST_COMPILER = new RegExp(`^(.+?):(\\d+):(?:\\d+:)? ${WORD}: (.*)$`);
// A line of generated assembly says nothing to whoever wrote the source.
const TOOL = new RegExp(
  `^(?:nvcc|nvrtc|ptxas|nvlink|fatbinary|cudafe\\+\\+)\\b[^:;]*?(?:, line \\d+; |: | )${WORD}\\s*: (.*)$`,
);

function severityOf(word: string): CompilerSeverity {
  if (word === 'warning') return 'warning';
  return word === 'note' || word === 'remark' ? 'note' : 'error';
}

function parseLine(line: string): CompilerMessage | undefined {
  const placed = FRONT_END.exec(line) ?? HOST_COMPILER.exec(line);
  if (placed) {
    const [, file, number, word, text] = placed;
    return { file, line: Number(number), severity: severityOf(word), text: text.trim() };
  }
  const tool = TOOL.exec(line);
  return tool ? { severity: severityOf(tool[1]), text: tool[2].trim() } : undefined;
}

/** The messages of a compiler's log in its order; empty for a log that has none. Anything that is no message is passed over. */
export function parseCompilerLog(log: string): CompilerMessage[] {
  const messages: CompilerMessage[] = [];
  for (const line of log.split(/\r?\n/)) {
    const message = parseLine(line);
    if (message) messages.push(message);
    if (messages.length === MESSAGE_COUNT_MAX) break;
  }
  return messages;
}
