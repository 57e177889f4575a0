// All checks over the repository itself. The tests beside this one prove that each check can fail.

import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { notifications, requests } from '../../shared/rpc/methods';
import { checkCycles } from './cycles';
import { checkImports, IMPORT_TABLE } from './import-table';
import { deriveImportGraph } from './imports';
import { checkMapReadmes, checkReadmeLines, checkReadmePaths, placesOf } from './readmes';
import { isScript, loadRepository, textFilesOf } from './repository';
import { checkBytes, checkLines } from './sizes';
import { checkBrands, checkFileNames, checkWords, WORD_RULES } from './words';

const files = loadRepository(resolve(import.meta.dirname, '../..'));
const texts = textFilesOf(files);
const paths = files.map(({ path }) => path);
const places = placesOf(paths);
const graph = deriveImportGraph(
  texts.filter(({ path }) => isScript(path)),
  new Set(paths),
);
// This folder names what is forbidden, and draws it.
const judged = texts.filter(({ path }) => !path.startsWith('test/tidy/'));

test('the repository was found', () => {
  expect(paths).toEqual(expect.arrayContaining(['package.json', 'shared/wire/tables.ts', 'test/tidy/README.md']));
});

describe('imports', () => {
  test('name files that exist', () => expect(graph.findings).toEqual([]));
  test('keep to the table', () => expect(checkImports(graph, IMPORT_TABLE)).toEqual([]));
  test('make no cycle', () => expect(checkCycles(graph)).toEqual([]));
});

describe('READMEs', () => {
  const methods = new Set([...Object.keys(requests), ...Object.keys(notifications)]);
  const rootReadme = texts.find(({ path }) => path === 'README.md')?.text ?? '';

  test('name paths that exist', () => expect(checkReadmePaths(texts, places, methods)).toEqual([]));
  test('are in each folder of the map', () => expect(checkMapReadmes(rootReadme, places)).toEqual([]));
  test('fit on a screen', () => expect(checkReadmeLines(texts)).toEqual([]));
});

describe('sizes', () => {
  test('of source files in lines', () => expect(checkLines(texts)).toEqual([]));
  test('of all files in bytes', () => expect(checkBytes(files)).toEqual([]));
});

describe('words', () => {
  test.each(WORD_RULES)('$name', (rule) => expect(checkWords(rule, judged)).toEqual([]));
  test('file names', () => expect(checkFileNames(paths)).toEqual([]));
  test('brands', () => expect(checkBrands(judged)).toEqual([]));
});
