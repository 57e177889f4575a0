import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';

/** The text of a small file without its end of line; undefined when it is not there or cannot be read now (EAGAIN). */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'latin1')).trimEnd();
  } catch {
    return undefined;
  }
}

/** For procfs, which answers from memory. */
export function readTextSync(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}

/** The number in a small file; undefined when there is none. */
export async function readNumber(path: string): Promise<number | undefined> {
  const text = await readText(path);
  if (text === undefined || text === '') return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : undefined;
}

/** Names in a folder in order, numbers by value; none when it is not there. */
export async function listNames(path: string): Promise<string[]> {
  try {
    return (await readdir(path)).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  } catch {
    return [];
  }
}

/** A name as part of a metric: lower case, everything else than letters and digits as one underscore. */
export function metricPart(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
}
