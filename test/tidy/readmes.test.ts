import { describe, expect, test } from 'vitest';
import { checkMapReadmes, checkReadmeLines, checkReadmePaths, codeWordsOf, mapFoldersOf, placesOf } from './readmes';

const places = placesOf(['README.md', 'app/host/reports.ts', 'app/host/analysis/top.sql', 'native/wire/layout.h']);

test('places are files and all folders above them', () => {
  expect([...placesOf(['a/b/c.ts', 'd.md'])].sort()).toEqual(['.', 'a', 'a/b', 'a/b/c.ts', 'd.md']);
});

test('code words stand in backticks outside fences', () => {
  const text = ['`one` and `two words`', '```ts', '`not this`', '```', 'then `three`'].join('\n');
  expect(codeWordsOf(text)).toEqual(['one', 'two words', 'three']);
});

describe('paths named in a document', () => {
  const check = (path: string, text: string) => checkReadmePaths([{ path, text }], places, new Set(['app/describe']));

  test.each([
    ['from the root', 'README.md', '`app/host/` `app/host` `native/wire/layout.h` `app/host/reports.ts`'],
    ['from the folder', 'app/host/README.md', '`analysis/` `analysis/top.sql` `./reports.ts` `../../native/wire`'],
    ['by bare name', 'ARCHITECTURE.md', 'its `reports.ts` and `layout.h`'],
  ])('%s', (_, path, text) => expect(check(path, text)).toEqual([]));

  test('what only looks like a path is passed over', () => {
    const words = [
      ...['npm run app/gone', 'app/*/gone', 'https://app/gone', 'out/node/cli.js', '~/app/gone', '/app/gone', '-o'],
      ...['@duckdb/node-api', 'text/plain', 'HKA1 kinds=a', 'app/describe', 'parseHeader()', 'demo.hka', 'libcupti.so'],
    ];
    expect(check('README.md', words.map((word) => `\`${word}\``).join(' '))).toEqual([]);
  });

  test.each(['app/gone/', 'app/host/gone.ts', 'gone.ts', './reports.ts', '../README.md', 'native/wire/layout'])(
    '%s in the root README is a finding',
    (word) =>
      expect(check('README.md', `See \`${word}\`.`)).toEqual([`README.md: names ${word}, which does not exist`]),
  );

  test('other documents are not read', () => expect(check('CHANGELOG.md', '`app/gone/`')).toEqual([]));
});

describe('READMEs of the map', () => {
  const map =
    '| folder | what |\n|---|---|\n| `app/host/` | x |\n| `native/` | y |\n| `probe/` | z |\n\nand `native/wire/` |';

  test('the map is the table', () => expect(mapFoldersOf(map)).toEqual(['app/host', 'native', 'probe']));

  test('a folder that exists must have one; one that does not exist yet need not', () => {
    expect(checkMapReadmes(map, placesOf(['app/host/README.md', 'native/wire/layout.h']))).toEqual([
      'native: is on the map and has no README.md',
    ]);
  });
});

test('forty lines fit on a screen, forty-one do not, and the front page may be longer', () => {
  const lines = (count: number) => 'x\n'.repeat(count);
  const files = [
    { path: 'a/README.md', text: lines(40) },
    { path: 'b/README.md', text: lines(41) },
    { path: 'README.md', text: lines(60) },
    { path: 'CHANGELOG.md', text: lines(500) },
  ];
  expect(checkReadmeLines(files)).toEqual(['b/README.md: has 41 lines; 40 are the most']);
});
