// A session file into a store, ready for reports: names demangled, views made.

import { type HkaSummary, readHka } from './hka-reader';
import namesSql from './names.sql?raw';
import { Store } from './store';

export interface LoadOptions {
  /** Makes a compiler's name readable; names stay as they are without it. */
  readonly demangle?: (name: string) => string;
  readonly onProgress?: (doneRatio: number) => void;
  readonly signal?: AbortSignal;
}

/** Reads the file into a new store in memory. The caller closes it. Throws a FailureError for a file that cannot be read. */
export async function loadSession(
  path: string,
  options: LoadOptions = {},
): Promise<{ store: Store; summary: HkaSummary }> {
  const store = await Store.open();
  try {
    const { onProgress, signal } = options;
    const summary = await readHka(path, { onPacket: (packet) => store.append(packet), onProgress, signal });
    store.flush();
    await prepareNames(store, options.demangle);
    return { store, summary };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Makes the table `name`: every string with its readable and its short form. Called again when strings were added. */
export async function prepareNames(store: Store, demangle: (name: string) => string = (name) => name): Promise<void> {
  await store.run(namesSql);
  const mangled = await store.query(`SELECT DISTINCT text FROM string WHERE starts_with(text, '_Z')`);
  for (const [text] of mangled.rows) {
    const readable = demangle(text as string);
    const literal = (value: string) => `'${value.replaceAll("'", "''")}'`;
    await store.run(
      `UPDATE name SET text = ${literal(readable)}, base = ${literal(baseName(readable))} WHERE raw = ${literal(text as string)}`,
    );
  }
}

/** nsys's short form of a kernel's name: no return type, no arguments, no template arguments, no namespaces. */
export function baseName(readable: string): string {
  let depth = 0;
  let outside = '';
  for (const each of readable.replaceAll('(anonymous namespace)', 'anonymous')) {
    if (each === '<') depth++;
    if (depth === 0) outside += each;
    if (each === '>') depth--;
  }
  const beforeArguments = outside.split('(')[0].trim();
  return beforeArguments.split(/[\s:]+/).pop() || readable;
}
