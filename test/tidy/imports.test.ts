import { describe, expect, test } from 'vitest';
import { checkCycles } from './cycles';
import { checkImports, IMPORT_TABLE } from './import-table';
import { deriveImportGraph, moduleNamesOf, resolveModule } from './imports';

/** A graph from drawn files: path, then what is in it. */
function graphOf(files: Readonly<Record<string, string>>) {
  const texts = Object.entries(files).map(([path, text]) => ({ path, text }));
  return deriveImportGraph(texts, new Set(Object.keys(files)));
}

test('each way to name a module is seen, and names in strings and comments are not', () => {
  const text = `
    import './side';
    import plain, { type Named } from './plain';
    import type { Type } from './type';
    import * as all from '@scope/name/deep';
    export { again } from './again';
    export * from './star';
    import old = require('./old');
    type Inline = import('./inline').Inline;
    const later = async () => [await import('./later'), await import(\`./tick\`), require('./required')];
    import sql from './query.sql?raw';
    // import './comment';
    const drawn = "import './string'"; const other = \`import './template'\`;
    const computed = (name: string) => import(name);`;
  expect(moduleNamesOf({ path: 'a.ts', text })).toEqual([
    './side',
    './plain',
    './type',
    '@scope/name/deep',
    './again',
    './star',
    './old',
    './inline',
    './later',
    './tick',
    './required',
    './query.sql?raw',
  ]);
});

test('names are resolved as the bundler does', () => {
  const paths = new Set(['shared/a.ts', 'shared/folder/index.ts', 'app/q.sql', 'app/run.mjs', 'package.json']);
  const resolve = (name: string) => resolveModule('app/x.ts', name, paths);
  const file = (path: string) => ({ kind: 'file', path });
  expect(['../shared/a', '../shared/folder', './q.sql?raw', './run.mjs', '../package.json'].map(resolve)).toEqual(
    ['shared/a.ts', 'shared/folder/index.ts', 'app/q.sql', 'app/run.mjs', 'package.json'].map(file),
  );
  expect(['node:fs', 'fs', '@a/b/c', 'zod/v4'].map(resolve)).toEqual([
    { kind: 'builtin', name: 'node:fs' },
    { kind: 'builtin', name: 'fs' },
    { kind: 'package', name: '@a/b' },
    { kind: 'package', name: 'zod' },
  ]);
  expect(resolve('./gone')).toBeUndefined();
});

test('an import of nothing and a file that cannot be parsed are findings', () => {
  const { findings } = graphOf({ 'a.ts': "import './gone';", 'b.ts': 'const = 1;' });
  expect(findings).toEqual([
    'a.ts: imports ./gone, which is no file of the repository',
    expect.stringMatching(/^b\.ts: cannot be parsed: ./),
  ]);
});

describe('the import table', () => {
  const check = (files: Readonly<Record<string, string>>) => checkImports(graphOf(files), IMPORT_TABLE);
  const targets = {
    'shared/util/u.ts': '',
    'shared/units/n.ts': '',
    'shared/model/m.ts': '',
    'shared/wire/w.ts': '',
    'shared/rpc/r.ts': '',
    'probe/p.ts': '',
    'app/host/h.ts': '',
    'app/host/link/l.ts': '',
    'app/cli/c.ts': '',
  };

  test.each([
    ['shared/wire/x.ts', "import '../util/u'; import '../units/n'; import '../model/m'; import './w';"],
    ['shared/rpc/x.ts', "import '../wire/w'; import 'zod';"],
    [
      'probe/spool/x.ts',
      "import '../p'; import '../../shared/wire/w'; import 'node:fs'; import 'vscode-jsonrpc/node';",
    ],
    [
      'app/host/session/x.ts',
      "import '../link/l'; import '../../../shared/rpc/r'; import 'ssh2'; import '@duckdb/node-api';",
    ],
    ['app/cli/verbs/x.ts', "import '../../host/h'; import '../../../shared/util/u'; import 'node:tty';"],
    ['test/unit/x.ts', "import '../../app/cli/c'; import '../../probe/p'; import 'electron'; import 'anything';"],
    ['vitest.config.ts', "import 'vitest/config';"],
  ])('%s may: %s', (path, text) => expect(check({ ...targets, [path]: text })).toEqual([]));

  test.each([
    ['shared/util/x.ts', "import '../units/n';", 'shared/util may not import shared/units/n.ts'],
    ['shared/model/x.ts', "export * from '../wire/w';", 'shared/model may not import shared/wire/w.ts'],
    ['shared/wire/x.ts', "import type { R } from '../rpc/r';", 'shared/wire may not import shared/rpc/r.ts'],
    ['shared/wire/x.ts', "import 'zod';", 'shared/wire may not import zod'],
    ['shared/rpc/x.ts', "await import('node:fs');", 'shared/rpc may not import node:fs'],
    ['probe/x.ts', "import '../app/host/h';", 'probe may not import app/host/h.ts'],
    ['probe/x.ts', "import 'ssh2';", 'probe may not import ssh2'],
    ['app/host/x.ts', "import '../../probe/p';", 'app/host may not import probe/p.ts'],
    ['app/host/x.ts', "import '../cli/c';", 'app/host may not import app/cli/c.ts'],
    ['app/host/x.ts', "require('electron');", 'app/host may not import electron'],
    ['app/cli/x.ts', "import '../../probe/p';", 'app/cli may not import probe/p.ts'],
    ['app/cli/x.ts', "import 'zod';", 'app/cli may not import zod'],
  ])('%s may not: %s', (path, text, clause) => {
    expect(check({ ...targets, [path]: text })).toEqual([`${path}: ${clause}`]);
  });

  test('a folder without a row is a finding, and so is one whose name only begins like one with a row', () => {
    expect(check({ 'app/new/x.ts': '', 'probes/x.ts': '' })).toEqual([
      'app/new/x.ts: its folder has no row in test/tidy/import-table.ts',
      'probes/x.ts: its folder has no row in test/tidy/import-table.ts',
    ]);
  });
});

describe('import cycles', () => {
  const check = (files: Readonly<Record<string, string>>) => checkCycles(graphOf(files));

  test('a diamond is none', () => {
    const diamond = {
      'a.ts': "import './b'; import './c';",
      'b.ts': "import './d';",
      'c.ts': "import './d';",
      'd.ts': '',
    };
    expect(check(diamond)).toEqual([]);
  });

  test('two files, three files and a file of its own, each once, by whatever way', () => {
    const knots = {
      'root.ts': "import './z'; import './y'; import './b'; import './self';",
      'z.ts': "import './y';",
      'y.ts': "import type { Z } from './z';",
      'a.ts': "import './b';",
      'b.ts': "export * from './c';",
      'c.ts': "const a = import('./a');",
      'self.ts': "import './self';",
    };
    expect(check(knots)).toEqual([
      'a.ts: import cycle a.ts → b.ts → c.ts → a.ts',
      'self.ts: import cycle self.ts → self.ts',
      'y.ts: import cycle y.ts → z.ts → y.ts',
    ]);
  });
});
