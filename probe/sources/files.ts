// Small files of /proc and /sys. A sensor that is off answers with an error, which is no fault: the reading is absent.

import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** The text without white space at its ends, or undefined when it cannot be read now. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch {
    return undefined;
  }
}

/** A number, or undefined. */
export async function readNumber(path: string): Promise<number | undefined> {
  const text = await readText(path);
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

export function readTextNow(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').replaceAll('\0', '').trim();
  } catch {
    return undefined;
  }
}

export function listNow(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
