// What a script imports, by its syntax tree, so that an import inside a string or a comment is none.

import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { parseSync } from 'vite';
import type { Finding, TextFile } from './repository';

export type Target =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'package'; readonly name: string }
  | { readonly kind: 'builtin'; readonly name: string };

/** All imports of all files, and what could not be read. */
export interface ImportGraph {
  readonly targetsOf: ReadonlyMap<string, readonly Target[]>;
  readonly findings: readonly Finding[];
}

interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}

const isNode = (value: unknown): value is Node => typeof (value as Node | undefined)?.type === 'string';

function literalText(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value;
  const quasis = node.type === 'TemplateLiteral' ? (node.quasis as { value: { cooked: string } }[]) : [];
  return quasis.length === 1 ? quasis[0].value.cooked : undefined;
}

// The node that holds the module's name, for each way to name one. A name that is computed stays unknown.
function moduleNameNode(node: Node): unknown {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
    case 'ImportExpression':
    case 'TSImportType':
      return node.source;
    case 'TSExternalModuleReference':
      return node.expression;
    case 'CallExpression':
      return (node.callee as Node & { name?: string }).name === 'require'
        ? (node.arguments as unknown[])[0]
        : undefined;
    default:
      return undefined;
  }
}

function collect(value: unknown, names: string[]): void {
  if (Array.isArray(value)) for (const each of value) collect(each, names);
  if (!isNode(value)) return;
  const name = literalText(moduleNameNode(value));
  if (name !== undefined) names.push(name);
  for (const field of Object.values(value)) if (typeof field === 'object' && field) collect(field, names);
}

/** The module names in import, export from, import(), import types and require(), in order. Throws on bad syntax. */
export function moduleNamesOf(file: TextFile): string[] {
  const parsed = parseSync(file.path, file.text);
  if (parsed.errors.length > 0) throw new Error(parsed.errors[0].message);
  const names: string[] = [];
  collect(parsed.program, names);
  return names;
}

const ENDINGS = ['', '.ts', '.tsx', '.mts', '.mjs', '.js', '.d.ts', '/index.ts', '/index.tsx'];

function packageOf(name: string): string {
  const parts = name.split('/');
  return parts.slice(0, name.startsWith('@') ? 2 : 1).join('/');
}

/** What `name` means in the file `from`; undefined when no such file is among `paths`. */
export function resolveModule(from: string, name: string, paths: ReadonlySet<string>): Target | undefined {
  if (isBuiltin(name)) return { kind: 'builtin', name };
  if (!name.startsWith('.')) return { kind: 'package', name: packageOf(name) };
  const [withoutQuery] = name.split('?');
  const base = posix.join(posix.dirname(from), withoutQuery);
  const ending = ENDINGS.find((each) => paths.has(base + each));
  return ending === undefined ? undefined : { kind: 'file', path: base + ending };
}

/** Parses all scripts. `paths` are all files of the repository. */
export function deriveImportGraph(scripts: readonly TextFile[], paths: ReadonlySet<string>): ImportGraph {
  const findings: Finding[] = [];
  const targetsOf = new Map<string, Target[]>();
  for (const file of scripts) {
    const targets: Target[] = [];
    targetsOf.set(file.path, targets);
    try {
      for (const name of moduleNamesOf(file)) {
        const target = resolveModule(file.path, name, paths);
        if (target) targets.push(target);
        else findings.push(`${file.path}: imports ${name}, which is no file of the repository`);
      }
    } catch (error) {
      findings.push(`${file.path}: cannot be parsed: ${(error as Error).message}`);
    }
  }
  return { targetsOf, findings };
}
