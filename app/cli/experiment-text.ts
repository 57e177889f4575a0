// An experiment in words: how far it is, its points as a table, CSV or JSON, and why it ended early.

import type { RowOf } from '../../shared/model/column';
import { formatCount } from '../../shared/units/format';
import type { Tables } from '../../shared/wire/tables';
import type { ExperimentEnd, ExperimentResult } from '../host/analysis/experiment-result';
import { formatTable } from '../host/analysis/format-table';
import { runReport } from '../host/analysis/reports';
import type { RecordResult } from '../host/session/recorder';
import type { ResultTable, Store } from '../host/session/store';

export const EXPERIMENT_FORMATS = ['table', 'json', 'csv'] as const;
export type ExperimentFormat = (typeof EXPERIMENT_FORMATS)[number];

/** Of the heading, not of each row. */
const HEADING_COLUMNS: readonly string[] = ['Experiment', 'Device'];

/** "3 of 12 points; tile_16 at 512 × 512 × 512" */
export function progressText({ doneCount, pointCount, sentence }: RowOf<Tables['experiment']>): string {
  const count = `${formatCount(doneCount)} of ${formatCount(pointCount)} points`;
  return sentence === '' ? count : `${count}; ${sentence}`;
}

function headingOf({ spec, device, state, doneCount, pointCount }: ExperimentResult): string {
  const kind = (spec as { kind?: string } | null)?.kind ?? 'experiment';
  const place = device.name === null ? '' : ` on ${device.name}${device.kind === 'cpu' ? ' [CPU]' : ''}`;
  return `\n ** ${kind}${place}: ${formatCount(doneCount)} of ${formatCount(pointCount)} points, ${state}:\n\n`;
}

function withColumns({ columns, rows }: ResultTable, isKept: (name: string, column: number) => boolean): ResultTable {
  const kept = columns.map(({ name }, column) => isKept(name, column));
  return {
    columns: columns.filter((_, column) => kept[column]),
    rows: rows.map((row) => row.filter((_, column) => kept[column])),
  };
}

/** What goes to stdout. A table leaves out the columns in which nothing is known; CSV has them all. */
export async function experimentText(
  store: Store,
  result: ExperimentResult,
  format: ExperimentFormat,
): Promise<string> {
  if (format === 'json') return `${JSON.stringify(result, undefined, 2)}\n`;
  const all = await runReport(store, 'experiment_points');
  const own = { ...all, rows: all.rows.filter(([experiment]) => Number(experiment) === result.experiment) };
  if (format === 'csv') return formatTable(own, 'csv');
  if (own.rows.length === 0) return headingOf(result);
  const hasSomething = (column: number) => own.rows.some((row) => row[column] !== null && row[column] !== '');
  const shown = withColumns(own, (name, column) => !HEADING_COLUMNS.includes(name) && hasSomething(column));
  return `${headingOf(result)}${formatTable(shown, 'table')}`;
}

/** Points that were asked for and have no right result, in one sentence each; `isUseless` when no point has any. */
export function flawsOf({ state, points }: Pick<ExperimentResult, 'state' | 'points'>): {
  readonly sentences: readonly string[];
  readonly isUseless: boolean;
} {
  const asked = points.filter(({ role }) => role !== 'ceiling');
  const failedCount = asked.filter(({ failure }) => failure !== null).length;
  const wrongCount = asked.filter(({ correctness }) => correctness === 'wrong').length;
  const count = (part: number) => `${formatCount(part)} of the ${formatCount(asked.length)} points`;
  return {
    sentences: [
      ...(state === 'done' && asked.length === 0 ? ['This device can measure none of what was asked for.'] : []),
      ...(failedCount > 0 ? [`${count(failedCount)} could not be measured; each says why.`] : []),
      ...(wrongCount > 0 ? [`${count(wrongCount)} gave a wrong result.`] : []),
    ],
    isUseless: failedCount + wrongCount === asked.length,
  };
}

/** Why there is less than was asked for. */
export function endingText(
  { state, doneCount, pointCount }: ExperimentResult,
  { sentence, remedy }: ExperimentEnd,
  { filePath, exitCode }: RecordResult,
): string {
  const kept = `The ${formatCount(doneCount)} of ${formatCount(pointCount)} points that were measured are in ${filePath}.`;
  if (state === 'cancelled') return `Cancelled. ${kept}`;
  const reason = sentence || `The runner ended with exit code ${exitCode} before it was done.`;
  return [reason, remedy, kept].filter((text) => text !== '').join(' ');
}
