// What the check programs print: one JSON object a line, each with the name of its case.

import type { Bed, Run } from './bed';

export type CaseLine = Readonly<Record<string, unknown>> & { readonly case: string };

/** Runs a program of the kit and answers its lines by case. A line that is no JSON is a bug of the program and throws. */
export function casesOf(
  bed: Bed,
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Run & { cases: Map<string, CaseLine> } {
  const run = bed.plain(bed.program(program), args, env);
  const lines = run.stdout.split('\n').filter((line) => line.startsWith('{'));
  return { ...run, cases: new Map(lines.map((line) => JSON.parse(line) as CaseLine).map((line) => [line.case, line])) };
}
