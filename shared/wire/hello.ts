// The line that opens every connection to the probe's socket, and its answer. `HKA1 key=value key=value\n`, values
// percent-encoded, so that a C++ collector writes and reads it without a parser. README.md in this folder lists the keys.

import { fail, ok, type Result } from '../util/result';
import { HELLO_BYTES_MAX } from './limits';

export type HelloFields = Readonly<Record<string, string>>;

const PREFIX = 'HKA1 ';

// Half a surrogate pair has no UTF-8, and encodeURIComponent would throw; it becomes U+FFFD as in a text column.
const wellFormed = (text: string) => text.replace(/\p{Surrogate}/gu, '\ufffd');

/** One hello line with its newline, of at least one field. */
export function formatHello(fields: HelloFields): string {
  const words = Object.entries(fields).map(([key, value]) => `${key}=${encodeURIComponent(wellFormed(value))}`);
  return `${PREFIX}${words.join(' ')}\n`;
}

/** Reads one line without its newline. The error is a clause for people. */
export function parseHello(line: string): Result<HelloFields, string> {
  if (!line.startsWith(PREFIX)) return fail('the other side does not speak HookAnalyzer');
  const fields: Record<string, string> = Object.create(null);
  for (const word of line.slice(PREFIX.length).split(' ')) {
    const equals = word.indexOf('=');
    if (equals <= 0) return fail(`the word "${word.slice(0, 40)}" is not key=value`);
    try {
      fields[word.slice(0, equals)] = decodeURIComponent(word.slice(equals + 1));
    } catch {
      return fail(`the value of ${word.slice(0, equals).slice(0, 40)} is not percent-encoded`);
    }
  }
  return ok(fields);
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Collects bytes up to the first newline. */
export class LineReader {
  private pending: Uint8Array = new Uint8Array(0);

  /**
   * Returns the line and what came behind it, undefined while it is not whole, or an error when it is too long, and then
   * again for every later chunk.
   */
  push(chunk: Uint8Array): Result<{ line: string; rest: Uint8Array } | undefined, string> {
    const joined = new Uint8Array(this.pending.length + chunk.length);
    joined.set(this.pending);
    joined.set(chunk, this.pending.length);
    const newline = joined.indexOf(0x0a);
    if (newline > HELLO_BYTES_MAX || (newline < 0 && joined.length > HELLO_BYTES_MAX)) {
      this.pending = joined.slice(0, HELLO_BYTES_MAX + 1); // holds no newline, so the next push fails too
      return fail(`a line is longer than ${HELLO_BYTES_MAX} bytes`);
    }
    if (newline < 0) {
      this.pending = joined;
      return ok(undefined);
    }
    this.pending = new Uint8Array(0);
    return ok({ line: decoder.decode(joined.subarray(0, newline)), rest: joined.subarray(newline + 1) });
  }
}
