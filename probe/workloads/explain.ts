// A wrong workload file in one sentence: where, what, and what may stand there.

import { z } from 'zod';
import { type FailureError, failure } from '../../shared/util/failure';

type Path = readonly PropertyKey[];

export const wrong = (label: string, path: Path, what: string, remedy: string): FailureError => {
  const where = path.length === 0 ? 'at its top' : `at ${path.map(String).join('.')}`;
  return failure('badWorkload', `The workload ${label} is wrong ${where}: ${what}.`, remedy);
};

/** The schema without what is wrapped around it, and all alternatives of a choice. */
function bare(schema: z.ZodType): z.ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return bare(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodUnion) return (schema.options as z.ZodType[]).flatMap(bare);
  return [schema];
}

const within = (schema: z.ZodType, key: PropertyKey): z.ZodType[] => {
  if (schema instanceof z.ZodObject) return schema.shape[key as string] ? bare(schema.shape[key as string]) : [];
  if (schema instanceof z.ZodRecord) return bare(schema.valueType as z.ZodType);
  if (schema instanceof z.ZodArray) return bare(schema.element as z.ZodType);
  return [];
};

/** The keys that may stand at a place of the file. Of a choice by `kind`, those of the kind that was named. */
export function keysAt(schema: z.ZodType, path: Path, value: unknown): string[] {
  let schemas = bare(schema);
  let at = value;
  for (const key of path) {
    schemas = schemas.flatMap((each) => within(each, key));
    at = (at as Record<PropertyKey, unknown> | undefined)?.[key];
  }
  const kind = (at as { kind?: unknown } | undefined)?.kind;
  const objects = schemas.filter((each) => each instanceof z.ZodObject);
  const fitting = objects.filter(({ shape }) => !(shape.kind instanceof z.ZodLiteral) || shape.kind.value === kind);
  return [...new Set((fitting.length > 0 ? fitting : objects).flatMap(({ shape }) => Object.keys(shape)))];
}

/** What is wrong with the alternative that was followed furthest. */
function innermost(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  const firsts = issue.errors.flatMap(([first]) => (first ? [innermost(first)] : []));
  const deepest = firsts.sort((left, right) => right.path.length - left.path.length)[0];
  return deepest && deepest.path.length > 0 ? { ...deepest, path: [...issue.path, ...deepest.path] } : issue;
}

/** Throws away what zod says beside the first thing, which is what has to be mended first. */
export function explainIssue(label: string, error: z.ZodError, value: unknown, schema: z.ZodType): FailureError {
  const issue = innermost(error.issues[0]);
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') {
    const keys = keysAt(schema, path, value).join(', ');
    return wrong(label, path, `there is no key "${issue.keys[0]}"`, `The keys there are: ${keys || 'none'}.`);
  }
  const key = path.at(-1);
  const holder = path.slice(0, -1).reduce((at: unknown, step) => (at as Record<PropertyKey, unknown>)?.[step], value);
  const isMissing = typeof holder === 'object' && holder !== null && key !== undefined && !(key in holder);
  if (isMissing) return wrong(label, path.slice(0, -1), `the key "${String(key)}" is missing`, 'Add it.');
  const plain = issue.message.replace(/^(Invalid input|Too big|Too small|Invalid option): /, '');
  const what = plain === 'Invalid input' ? 'it is nothing that may stand there' : plain;
  return wrong(label, path, what, 'Correct it.');
}
