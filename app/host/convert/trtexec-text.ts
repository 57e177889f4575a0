// What trtexec writes is nearly JSON: names of layers are put between quotes as they are, and a number may be nan or inf.

import { type FailureError, failure } from '../../../shared/util/failure';

/**
 * A name up to the quote behind which only numbers follow until the object ends; so quotes and backslashes in the name are its own. The blanks are
 * trtexec's; a file that another program wrote again has escaped names and other blanks.
 */
const PROFILE_NAME = /("name" : ")([^\n]*?)"(?=(?:\s*,\s*"\w+"\s*:\s*[-+\w.]+)*\s*\}\s*(?:[,\]]|$))/gm;
const BARE_NUMBER = /(:\s*)[-+]?(?:nan|inf(?:inity)?)(?:\([^)]*\))?(?=\s*[,}\]])/gi;
// The inspector parts the ONNX names of a fused layer with such characters, raw or escaped by version.
const CONTROL = /[^\t\n\r -\uffff]/g;

const escaped = (text: string) => JSON.stringify(text).slice(1, -1);

const asUnicode = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `title` is how a sentence calls the file. */
export function foreign(title: string, what: string): FailureError {
  const remedy = 'Give a file that trtexec wrote with --exportProfile, --exportLayerInfo or --exportTimes.';
  return failure('trtexecForeign', `${title} is ${what}.`, remedy);
}

/** The value that the text means. Throws FailureError trtexecTruncated or trtexecForeign. */
export function parseNearJson(text: string, title: string): unknown {
  const trimmed = text.replace(/^\uFEFF/, '').trim();
  const named = trimmed.replace(PROFILE_NAME, (_, before: string, name: string) => `${before}${escaped(name)}"`);
  const repaired = () => named.replace(CONTROL, asUnicode).replace(BARE_NUMBER, '$1null');
  const parsed = tryParse(named) ?? tryParse(trimmed) ?? tryParse(repaired());
  if (parsed !== undefined) return parsed;
  if ((trimmed.startsWith('[') && !trimmed.endsWith(']')) || (trimmed.startsWith('{') && !trimmed.endsWith('}'))) {
    throw failure(
      'trtexecTruncated',
      `${title} ends in the middle: trtexec was ended before it had written all.`,
      'Let trtexec run to its end.',
    );
  }
  throw foreign(title, 'not JSON');
}

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The first of `keys` that holds a finite number; undefined when none does. */
export function numberOf(from: JsonObject, ...keys: readonly string[]): number | undefined {
  const value = keys.map((key) => from[key]).find((each) => typeof each === 'number' && Number.isFinite(each));
  return value as number | undefined;
}

export function textOf(from: JsonObject, key: string): string {
  const value = from[key];
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}
