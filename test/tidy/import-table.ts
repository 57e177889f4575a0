// Who may import whom. What is not listed is refused; ARCHITECTURE.md says why the arrows point this way.

import type { ImportGraph, Target } from './imports';
import type { Finding } from './repository';

export interface FolderRule {
  /** Files below it obey this rule, unless a longer folder fits too. They may always import each other. */
  readonly folder: string;
  /** Folders or files of the repository. */
  readonly from: readonly string[];
  readonly packages: readonly string[];
  /** Whether Node's own modules are there. Code that the window shares does without. */
  readonly builtins: boolean;
}

const rule = (folder: string, from: readonly string[], packages: readonly string[], builtins: boolean): FolderRule => {
  return { folder, from, packages, builtins };
};

const RENDERER_PACKAGES = [
  'react',
  'react-dom',
  'zustand',
  'dockview-react',
  '@tanstack/react-virtual',
  'vscode-jsonrpc',
];

export const IMPORT_TABLE: readonly FolderRule[] = [
  rule('shared/util', [], [], false),
  rule('shared/units', ['shared/util'], [], false),
  rule('shared/model', ['shared/util', 'shared/units'], [], false),
  rule('shared/wire', ['shared/util', 'shared/units', 'shared/model'], [], false),
  rule('shared/rpc', ['shared/util', 'shared/units', 'shared/model', 'shared/wire'], ['zod'], false),
  rule('shared/window', ['shared/util', 'shared/units', 'shared/model', 'shared/wire', 'shared/rpc'], ['zod'], false),
  rule('shared/occupancy', ['shared/util', 'shared/units'], [], false),
  // package.json is the one place of the version that both programs name.
  rule('probe', ['shared', 'package.json'], ['zod', 'vscode-jsonrpc', 'yaml'], true),
  // The same decisions on a virtual clock and in the window's tests: no Node, no packages.
  rule('probe/scheduler', ['shared'], [], false),
  // The package has native code and is not on every machine, so that one folder alone knows of it.
  rule('probe/engines/onnxruntime', ['shared', 'probe/engines', 'package.json'], ['onnxruntime-node'], true),
  // Never electron: the command runs without it.
  rule(
    'app/host',
    ['shared'],
    ['ssh2', 'ssh-config', '@duckdb/node-api', '@duckdb/node-bindings', 'zod', 'vscode-jsonrpc'],
    true,
  ),
  rule('app/cli', ['app/host', 'shared', 'package.json'], [], true),
  rule('app/cli/package-app.mjs', [], ['@electron/fuses'], true),
  rule('kernels/resources', [], [], true),
  // Thin: windows, menus, dialogs and the host's process. What they mean is the host's and the page's.
  rule('app/main', ['shared/window'], ['electron'], true),
  rule('app/preload', ['shared/window'], ['electron'], false),
  // The page: no Node, no Electron.
  rule('app/renderer', ['shared'], RENDERER_PACKAGES, false),
  rule('app/renderer/model', ['shared'], [], false),
  rule('app/renderer/worker', ['shared', 'app/renderer/model'], [], false),
  // Drawing knows neither React nor what a person chose.
  rule('app/renderer/timeline', ['shared', 'app/renderer/model', 'app/renderer/worker'], [], false),
  rule('app/renderer/charts', ['shared', 'app/renderer/model'], ['echarts'], false),
];

/** Tests and the build's own files stand outside the program, and may import everything. */
export function isOutsideTheProgram(path: string): boolean {
  return path.startsWith('test/') || !path.includes('/');
}

const isIn = (path: string, place: string) => path === place || path.startsWith(`${place}/`);

function ruleOf(path: string, table: readonly FolderRule[]): FolderRule | undefined {
  const fitting = table.filter(({ folder }) => isIn(path, folder));
  return fitting.sort((left, right) => right.folder.length - left.folder.length)[0];
}

function isAllowed(target: Target, { folder, from, packages, builtins }: FolderRule): boolean {
  switch (target.kind) {
    case 'file':
      return [folder, ...from].some((place) => isIn(target.path, place));
    case 'package':
      return packages.includes(target.name);
    case 'builtin':
      return builtins;
  }
}

/** Imports that the table does not allow, and scripts of folders it does not know. */
export function checkImports(graph: ImportGraph, table: readonly FolderRule[]): Finding[] {
  return [...graph.targetsOf].flatMap(([path, targets]) => {
    if (isOutsideTheProgram(path)) return [];
    const found = ruleOf(path, table);
    if (!found) return [`${path}: its folder has no row in test/tidy/import-table.ts`];
    return targets
      .filter((target) => !isAllowed(target, found))
      .map((target) => `${path}: ${found.folder} may not import ${target.kind === 'file' ? target.path : target.name}`);
  });
}
