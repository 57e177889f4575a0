import { describe, expect, test } from 'vitest';
import { type Table, textRows } from '../../../shared/model/column';
import { enums } from '../../../shared/model/enums';
import { decodePacket, rowsOf } from '../../../shared/wire/decode';
import { columnsFromRows, encodeMark, encodePacket, encodeRows, encodeText } from '../../../shared/wire/encode';
import { checkPacket, parseHeader } from '../../../shared/wire/header';
import { BODY_BYTES_MAX, HEADER_BYTES, MARK_KIND, ROW_COUNT_MAX, STRING_BYTES_MAX } from '../../../shared/wire/limits';
import { TABLE_NAMES, tables } from '../../../shared/wire/tables';

const texts = (...rows: string[]) => rows.map((text, id) => ({ id, text }));
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test('a packet, byte by byte', () => {
  const packet = encodeRows(tables.string, [{ id: 7, text: 'µs' }], 2);
  const lines = [
    '484b4131' + '0100' + '0100' + '02000000' + '01000000', // HKA1, version 1, kind 1, source 2, one row
    '0000000000000000' + '18000000', // sequence 0, 24 bytes of body; the checksum follows
    '0700000000000000', // id, padded
    '0300000000000000', // end of the text, padded
    'c2b5730000000000', // its UTF-8, padded
  ];
  expect(hex(packet.slice(0, 28)) + hex(packet.slice(32))).toBe(lines.join(''));
});

test('a mark carries a sequence and no body, and its checksum is right', () => {
  const mark = encodeMark(2 ** 40 + 1);
  const parsed = parseHeader(mark);
  if (!parsed.ok) throw new Error(parsed.error.kind);
  expect(parsed.value).toMatchObject({ kind: MARK_KIND, sequence: 2 ** 40 + 1, rowCount: 0, bodyBytes: 0 });
  expect([mark.length, checkPacket(mark, parsed.value)]).toEqual([HEADER_BYTES, undefined]);
});

describe('columns longer than the rows', () => {
  test('only the rows are packed, their text too', () => {
    const columns = columnsFromRows(tables.string, texts('first', 'second', 'never sent'));
    const packet = encodePacket(tables.string, columns, 2);
    expect(hex(packet)).toBe(hex(encodeRows(tables.string, texts('first', 'second'))));
    const decoded = decodePacket(encodePacket(tables.string, columns, 0));
    expect(decoded.ok && rowsOf(decoded.value)).toEqual([]);
  });
});

describe('texts', () => {
  test.each([
    ['at the limit', 'x'.repeat(STRING_BYTES_MAX), 'x'.repeat(STRING_BYTES_MAX)],
    ['one over', 'x'.repeat(STRING_BYTES_MAX + 1), `${'x'.repeat(STRING_BYTES_MAX - 3)}…`],
    ['over, the cut inside a character', `${'x'.repeat(8187)}🚀🚀`, `${'x'.repeat(8187)}…`],
    ['over, the cut behind a character', `${'x'.repeat(8185)}🚀🚀`, `${'x'.repeat(8185)}🚀…`],
  ])('%s', (_, given, kept) => {
    const bytes = encodeText(given);
    expect(bytes.length).toBeLessThanOrEqual(STRING_BYTES_MAX);
    expect(new TextDecoder().decode(bytes)).toBe(kept);
  });

  test('a mark of byte order at the start of a text is part of the text', () => {
    const given = ['\ufeff', '\ufeffa', 'a\ufeff'];
    expect(textRows(columnsFromRows(tables.string, texts(...given)).text)).toEqual(given);
  });

  test('half of a surrogate pair becomes U+FFFD', () => {
    expect(textRows(columnsFromRows(tables.string, texts('a\ud83d', '\ude80b')).text)).toEqual(['a\ufffd', '\ufffdb']);
  });
});

describe('more than a packet can hold is a bug of the caller', () => {
  const contextRows = (count: number) => Array.from({ length: count }, () => ({ timeNs: 0, context: 0, device: 0 }));

  test('too many rows', () => {
    expect(() => encodeRows(tables.context, contextRows(ROW_COUNT_MAX))).not.toThrow();
    expect(() => encodeRows(tables.context, contextRows(ROW_COUNT_MAX + 1))).toThrow('65537 rows');
  });

  test('too many bytes', () => {
    const rows = texts(...Array.from({ length: 129 }, () => 'x'.repeat(STRING_BYTES_MAX)));
    expect(() => encodeRows(tables.string, rows.slice(0, 127))).not.toThrow();
    expect(() => encodeRows(tables.string, rows)).toThrow(/string: \d+ bytes/);
    expect(127 * STRING_BYTES_MAX).toBeLessThan(BODY_BYTES_MAX);
  });
});

describe('the tables', () => {
  const all: Table[] = TABLE_NAMES.map((name) => tables[name]);

  test('have kinds and names of their own, and none is that of a mark', () => {
    const kinds = all.map(({ kind }) => kind);
    expect(new Set(kinds).size).toBe(kinds.length);
    expect(kinds).not.toContain(MARK_KIND);
    expect(all.map(({ name }) => name)).toEqual(TABLE_NAMES);
  });

  test('that name an enumeration name one that exists', () => {
    const meanings = all.flatMap(({ columns }) => Object.values(columns).map(({ meaning }) => meaning as string));
    const named = meanings.filter((meaning) => meaning.startsWith('enum:')).map((meaning) => meaning.slice(5));
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !(name in enums))).toEqual([]);
  });
});
