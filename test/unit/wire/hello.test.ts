import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatHello, LineReader, parseHello } from '../../../shared/wire/hello';
import { HELLO_BYTES_MAX } from '../../../shared/wire/limits';

const ENCODER = new TextEncoder();
const bytesOf = (text: string) => ENCODER.encode(text);

describe('hello lines', () => {
  test('a line as it stands on the wire', () => {
    const line = formatHello({ error: 'busy', sentence: 'It is 100% full = busy.', kinds: '' });
    expect(line).toBe('HKA1 error=busy sentence=It%20is%20100%25%20full%20%3D%20busy. kinds=\n');
    expect(parseHello(line.slice(0, -1))).toEqual({
      ok: true,
      value: { error: 'busy', sentence: 'It is 100% full = busy.', kinds: '' },
    });
  });

  test.each([
    ['', 'the other side does not speak HookAnalyzer'],
    ['GET / HTTP/1.1', 'the other side does not speak HookAnalyzer'],
    ['\ufeffHKA1 a=b', 'the other side does not speak HookAnalyzer'],
    ['HKA1', 'the other side does not speak HookAnalyzer'],
    ['HKA1 ', 'the word "" is not key=value'],
    ['HKA1 a=b  c=d', 'the word "" is not key=value'],
    ['HKA1 =b', 'the word "=b" is not key=value'],
    [`HKA1 ${'x'.repeat(60)}`, `the word "${'x'.repeat(40)}" is not key=value`],
    ['HKA1 a=%', 'the value of a is not percent-encoded'],
    ['HKA1 a=%ff', 'the value of a is not percent-encoded'],
  ])('%j is refused', (line, error) => expect(parseHello(line)).toEqual({ ok: false, error }));

  // Names that objects are born with must be ordinary keys here.
  const keys = fc.oneof(fc.stringMatching(/^[A-Za-z][A-Za-z0-9]*$/), fc.constantFrom('__proto__', 'constructor'));
  const values = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) });
  const fields = fc.array(fc.tuple(keys, values), { minLength: 1, maxLength: 12 }).map((entries) => new Map(entries));

  test('formatted and parsed fields are the same fields, half surrogate pairs as U+FFFD', () => {
    fc.assert(
      fc.property(fields, (given) => {
        // fromEntries defines __proto__ as a field of its own; an object literal would not.
        const line = formatHello(Object.fromEntries(given));
        expect(line.indexOf('\n')).toBe(line.length - 1);
        expect(line).toMatch(/^[\x20-\x7e]+\n$/);
        const parsed = parseHello(line.slice(0, -1));
        if (!parsed.ok) throw new Error(parsed.error);
        const wellFormed = [...given].map(([key, value]) => [key, Buffer.from(value, 'utf8').toString('utf8')]);
        expect(new Map(Object.entries(parsed.value))).toEqual(new Map(wellFormed as [string, string][]));
      }),
    );
  });

  test('no line makes the parser throw', () => {
    const lines = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'binary' }).map((rest) => `HKA1 ${rest}`),
      fc.string({ unit: fc.constantFrom('HKA1', ' ', '=', '%', 'f', '2', 'a') }),
    );
    fc.assert(
      fc.property(lines, (line) => void parseHello(line)),
      { numRuns: 1000 },
    );
  });
});

describe('LineReader', () => {
  /** Pushes the chunks one by one; the line and every byte behind it, or the error. */
  function read(chunks: readonly Uint8Array[]): { line: string; behind: Uint8Array } | string | undefined {
    const reader = new LineReader();
    for (const [index, chunk] of chunks.entries()) {
      const got = reader.push(chunk);
      if (!got.ok) return got.error;
      if (!got.value) continue;
      const behind = Buffer.concat([got.value.rest, ...chunks.slice(index + 1)]);
      return { line: got.value.line, behind: new Uint8Array(behind) };
    }
    return undefined;
  }

  function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
    const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
    return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
  }

  test('cuts anywhere give the same line and lose no byte behind it', () => {
    const lines = fc.string({ unit: 'binary', maxLength: 300 }).filter((line) => !line.includes('\n'));
    fc.assert(
      fc.property(lines, fc.uint8Array(), fc.array(fc.nat(), { maxLength: 8 }), (line, behind, places) => {
        const stream = new Uint8Array([...bytesOf(`${line}\n`), ...behind]);
        expect(read(cut(stream, places))).toEqual({ line, behind });
      }),
      { numRuns: 500 },
    );
  });

  const TOO_LONG = `a line is longer than ${HELLO_BYTES_MAX} bytes`;
  const byteByByte = (bytes: Uint8Array) => Array.from(bytes, (byte) => new Uint8Array([byte]));

  test('a line at the limit is read and one byte more is an error, in one piece and byte by byte', () => {
    const longest = bytesOf(`${'x'.repeat(HELLO_BYTES_MAX)}\n`);
    const tooLong = bytesOf(`${'x'.repeat(HELLO_BYTES_MAX + 1)}\n`);
    const whole = { line: 'x'.repeat(HELLO_BYTES_MAX), behind: new Uint8Array(0) };
    expect([read([longest]), read(byteByByte(longest))]).toEqual([whole, whole]);
    expect([read([tooLong]), read(byteByByte(tooLong))]).toEqual([TOO_LONG, TOO_LONG]);
    expect(read([bytesOf('x'.repeat(100_000))])).toBe(TOO_LONG);
  });

  test('after an error no line comes any more', () => {
    const reader = new LineReader();
    for (let count = 0; count < HELLO_BYTES_MAX; count++) expect(reader.push(bytesOf('x')).ok).toBe(true);
    expect(reader.push(bytesOf('xx')).ok).toBe(false);
    expect(reader.push(bytesOf('\n'))).toEqual({ ok: false, error: TOO_LONG });
    expect(reader.push(bytesOf('HKA1 a=b\n'))).toEqual({ ok: false, error: TOO_LONG });
  });

  test('two lines in one chunk: the second is what is behind the first', () => {
    const reader = new LineReader();
    const first = reader.push(bytesOf('HKA1 a=b\nHKA1 c=d\nrest'));
    if (!first.ok || !first.value) throw new Error('no line');
    const second = reader.push(first.value.rest);
    expect([first.value.line, second.ok && second.value?.line]).toEqual(['HKA1 a=b', 'HKA1 c=d']);
  });
});
