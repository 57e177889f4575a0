import { describe, expect, test } from 'vitest';
import { checkBrands, checkFileNames, checkWords, WORD_RULES } from './words';

function check(ruleName: string, path: string, text: string) {
  const rule = WORD_RULES.find(({ name }) => name === ruleName);
  if (!rule) throw new Error(`no rule ${ruleName}`);
  return checkWords(rule, [{ path, text }]);
}

test('a finding names file, line, word and what to do', () => {
  expect(check('leftovers', 'a/b.ts', 'one\ntwo\n// TODO: three\n')).toEqual([
    'a/b.ts: line 3 says TODO; finish it, or write it into the issue',
  ]);
});

test.each([
  ['leftovers', 'a.md', 'FIXME'],
  ['leftovers', 'a.cpp', '/* XXX */'],
  ['leftovers', 'a.sql', '-- HACK around it'],
  ['switched-off checks', 'a.ts', 'call(x as any)'],
  ['switched-off checks', 'a.ts', 'const y = x as any;'],
  ['switched-off checks', 'a.ts', 'const y = x as any\n'],
  ['switched-off checks', 'a.ts', '(x as any).z'],
  ['switched-off checks', 'a.ts', '// @ts-ignore'],
  ['switched-off checks', 'a.mjs', '// biome-ignore lint: because'],
  ["a machine's paths", 'a.md', 'see /home/somebody/x'],
  ["a machine's paths", 'a.json', '"/root/.cache"'],
  ["a machine's paths", 'a.ts', "'/work/main'"],
  ['registry hosts', 'package-lock.json', '"resolved": "https://mirror.example/zod.tgz"'],
  ['registry hosts', '.npmrc', 'registry=https://mirror.example/npm/'],
  ['registry hosts', 'a.md', 'from registry.npmjs.org'],
  ['registry hosts', 'a.sh', 'pip install -i https://test.pypi.org/simple'],
  ['registry hosts', 'a.md', 'my-artifactory.example.com'],
  ['empty names', 'a.ts', 'class SessionManager {}'],
  ['empty names', 'a.h', 'struct Helper {};'],
  ['empty names', 'a.cc', 'void path_helper();'],
  ['empty names', 'a.cu', 'class PathHelpers'],
])('%s in %s: %s', (rule, path, text) => expect(check(rule, path, text)).toHaveLength(1));

test.each([
  ['leftovers', 'a.ts', "mkdtemp('x-XXXXXX'); todoList(); hackathon()"],
  ['switched-off checks', 'a.ts', '// runs as any other program'],
  ['switched-off checks', 'a.md', 'say `x as any`'],
  ["a machine's paths", 'a.ts', '"a/work/b"; "/homework/"; ~/root/'],
  ['registry hosts', 'package-lock.json', '"integrity": "sha512-abc=="'],
  ['registry hosts', 'a.ts', 'const registry = new Registry(); toolkit.nexusOf'],
  ['empty names', 'a.ts', 'managed(); helpers; const manage = 1;'],
  ['empty names', 'a.md', 'Window Manager'],
])('%s in %s leaves alone: %s', (rule, path, text) => expect(check(rule, path, text)).toEqual([]));

describe('file names', () => {
  test('empty ones are findings, a verb called info is none', () => {
    const empty = ['a/path-helper.ts', 'a/helpers.mjs', 'native/buffer_manager.h', 'a/device-info.ts', 'a/row-data.cc'];
    const good = ['app/cli/verbs/info.ts', 'a/database.ts', 'a/managed.ts', 'a/helper.md'];
    expect(checkFileNames([...empty, ...good])).toEqual(
      empty.map((path) => `${path}: name the file after what is in it`),
    );
  });
});

test('a brand is called what its type is called', () => {
  const text = "export type Radians = Unit<'Degrees'>;\nexport type Degrees = Unit<'Degrees'>;";
  expect(checkBrands([{ path: 'units.ts', text }])).toEqual([
    'units.ts: Radians has the brand Degrees; a brand is called what its type is called',
  ]);
});
