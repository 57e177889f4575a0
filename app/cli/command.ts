// How a verb of the command is described, parsed and helped. Wrong usage is exit code 2 with one sentence; a job that failed is 1.

import { parseArgs } from 'node:util';

export interface Option {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** What stands for the value in the help, such as FILE. */
  readonly value?: string;
  /** It may be given more than once; `texts` has them all. */
  readonly repeats?: boolean;
  readonly help: string;
}

export interface Parsed {
  readonly text: (name: string) => string | undefined;
  /** In the order in which they were given; none when the option is absent. */
  readonly texts: (name: string) => readonly string[];
  readonly flag: (name: string) => boolean;
  readonly words: readonly string[];
  /** What stood behind `--`, or undefined when there was no `--`. */
  readonly program: readonly string[] | undefined;
}

export interface Verb {
  readonly name: string;
  readonly summary: string;
  /** Behind the verb in the usage line. */
  readonly usage: string;
  readonly examples: readonly string[];
  readonly options: Readonly<Record<string, Option>>;
  /** Extra lines for the help, such as a list of reports. */
  readonly notes?: () => string;
  readonly wordCount: readonly [least: number, most: number];
  /** Returns the exit code. Throws FailureError for what the user should read, UsageError for a wrong call. */
  readonly run: (parsed: Parsed, terminal: Terminal) => Promise<number>;
}

/** Where a verb writes and reads; the tests put their own. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly isInteractive: boolean;
  readonly verbose: boolean;
}

export class UsageError extends Error {}

/** A wrong call: exit code 2, the sentence and where to read more. */
export function usage(sentence: string): UsageError {
  return new UsageError(sentence);
}

const COMMON: Readonly<Record<string, Option>> = {
  help: { type: 'boolean', short: 'h', help: 'show this help' },
  verbose: { type: 'boolean', help: 'show where an error came from' },
};

function optionLine(name: string, option: Option): string {
  const short = option.short ? `-${option.short}, ` : '    ';
  return `  ${`${short}--${name}${option.value ? ` ${option.value}` : ''}`.padEnd(30)} ${option.help}`;
}

/** The help of one verb. */
export function helpOf(verb: Verb): string {
  const lines = [
    `Usage: hookanalyzer ${verb.name} ${verb.usage}`.trimEnd(),
    '',
    verb.summary,
    '',
    'Options:',
    ...Object.entries({ ...verb.options, ...COMMON }).map(([name, option]) => optionLine(name, option)),
    ...(verb.notes ? ['', verb.notes()] : []),
    '',
    verb.examples.length > 1 ? 'Examples:' : 'Example:',
    ...verb.examples.map((example) => `  ${example}`),
  ];
  return `${lines.join('\n')}\n`;
}

type Value = string | boolean | string[];

function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('. To specify')[0].split('\n')[0];
}

function textsOf(value: Value | undefined): readonly string[] {
  if (Array.isArray(value)) return value;
  return typeof value === 'string' ? [value] : [];
}

/** Parses the words behind a verb. Throws UsageError. */
export function parseVerb(
  verb: Verb,
  args: readonly string[],
): Parsed & { readonly wantsHelp: boolean; readonly verbose: boolean } {
  const dashes = args.indexOf('--');
  const own = dashes < 0 ? args : args.slice(0, dashes);
  const options = Object.fromEntries(
    Object.entries({ ...verb.options, ...COMMON }).map(([name, { type, short, repeats = false }]) => [
      name,
      { type, multiple: repeats, ...(short ? { short } : {}) },
    ]),
  );
  let values: Record<string, Value | undefined>;
  let words: string[];
  try {
    const parsed = parseArgs({ args: [...own], options, allowPositionals: true, strict: true });
    values = parsed.values as Record<string, Value | undefined>;
    words = parsed.positionals;
  } catch (error) {
    throw usage(`${reason(error)}.`);
  }
  const wantsHelp = values.help === true;
  const [least, most] = verb.wordCount;
  if (!wantsHelp && (words.length < least || words.length > most)) {
    const got = words.length > most ? `"${words[most]}" is one word too many` : 'something is missing';
    throw usage(`${got}; usage: hookanalyzer ${verb.name} ${verb.usage}.`);
  }
  return {
    text: (name) => textsOf(values[name])[0],
    texts: (name) => textsOf(values[name]),
    flag: (name) => values[name] === true,
    words,
    program: dashes < 0 ? undefined : args.slice(dashes + 1),
    wantsHelp,
    verbose: values.verbose === true,
  };
}

/** A positive number of an option. Throws UsageError. */
export function positiveNumber(parsed: Parsed, name: string): number | undefined {
  const text = parsed.text(name);
  if (text === undefined) return undefined;
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number) || number <= 0) {
    throw usage(`--${name} takes a number above 0, not "${text}".`);
  }
  return number;
}

/** One of a list of words. Throws UsageError. */
export function oneOf<T extends string>(parsed: Parsed, name: string, allowed: readonly T[], otherwise: T): T {
  const text = parsed.text(name) ?? otherwise;
  if (!(allowed as readonly string[]).includes(text)) {
    throw usage(`--${name} takes one of ${allowed.join(', ')}, not "${text}".`);
  }
  return text as T;
}
