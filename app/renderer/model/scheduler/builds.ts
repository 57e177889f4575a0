// How engines come to be: the rows of `build` as phases with their progress, and the lines that were said meanwhile.

import { enums } from '../../../../shared/model/enums';
import type { WindowTable } from '../../../../shared/window/methods';
import { type Reading, readingsOf } from './records';

export const BUILD_LINES_MAX = 5000;

/**
 * Everything but the steps that another step of the same phase came after, and all but the newest lines. A failure brings the remedy of the
 * diagnostic that says the same.
 */
export const BUILDS_SQL = `SELECT b.*, CASE WHEN kind = 'failed' THEN (SELECT max(d.remedy) FROM diagnostic d
    WHERE d.source = b.source AND d.sentence <> '' AND contains(b.text, d.sentence)) END AS remedy FROM (
  SELECT *, rowid AS place FROM build QUALIFY kind <> 'progress' OR coalesce(lead(kind) OVER (
    PARTITION BY source, model, version, engine, precision, parent, phase ORDER BY rowid), '') <> 'progress') AS b
  WHERE kind <> 'log' OR place IN (SELECT rowid FROM build WHERE kind = 'log' ORDER BY rowid DESC LIMIT ${BUILD_LINES_MAX})
  ORDER BY place`;

export type PhaseState = 'running' | 'done' | 'failed' | 'cancelled';

export interface BuildPhase {
  readonly name: string;
  /** Phases that this one is a part of. */
  readonly depth: number;
  readonly beganNs: number;
  /** undefined while it runs. */
  readonly endNs: number | undefined;
  readonly state: PhaseState;
  readonly step: number;
  /** 0 when nobody knows. */
  readonly stepCount: number;
  /** What is read, built or loaded; or what came of it. */
  readonly text: string;
}

export type LineSeverity = 'info' | 'warning' | 'error';

export interface BuildLine {
  /** In the log of its build, from 0. */
  readonly place: number;
  readonly timeNs: number;
  readonly severity: LineSeverity;
  readonly phase: string;
  readonly text: string;
}

export interface Build {
  /** Stays the same as rows come. */
  readonly id: string;
  readonly model: string;
  readonly version: string;
  readonly engine: string;
  readonly precision: string;
  readonly beganNs: number;
  readonly endNs: number | undefined;
  readonly state: PhaseState;
  /** In the order in which they began, each followed by its parts. */
  readonly phases: readonly BuildPhase[];
  readonly lines: readonly BuildLine[];
  /** Why it failed, and what to do; '' when it did not, or nothing was said. */
  readonly failure: { readonly sentence: string; readonly remedy: string } | undefined;
}

interface OpenPhase {
  name: string;
  parent: string;
  beganNs: number;
  endNs: number | undefined;
  state: PhaseState;
  step: number;
  stepCount: number;
  text: string;
}

interface OpenBuild extends Omit<Build, 'phases' | 'lines' | 'state' | 'endNs' | 'failure'> {
  readonly phases: OpenPhase[];
  readonly lines: BuildLine[];
  failure: Build['failure'];
  isClosed: boolean;
}

const ENDS: Readonly<Record<string, PhaseState>> = { done: 'done', failed: 'failed', cancelled: 'cancelled' };

function severityOf(value: number): LineSeverity {
  if (value === enums.severity.error) return 'error';
  return value === enums.severity.warning ? 'warning' : 'info';
}

/** A new attempt begins where the last one has ended, and where a phase begins that it has been through. */
const isOver = ({ isClosed, phases }: OpenBuild, phase: string) =>
  isClosed || phases.some(({ name, parent, state }) => name === phase && parent === '' && state !== 'running');

function take(build: OpenBuild, row: Reading): void {
  const [kind, name, parent, text, timeNs] = [
    ...[row.text('kind'), row.text('phase'), row.text('parent'), row.text('text')],
    row.number('timeNs'),
  ] as [string, string, string, string, number];
  if (kind === 'log') {
    build.lines.push({
      place: build.lines.length,
      timeNs,
      severity: severityOf(row.number('severity')),
      phase: name,
      text,
    });
    return;
  }
  let phase = build.phases.findLast((each) => each.name === name && each.parent === parent && each.state === 'running');
  if (!phase) {
    phase = { name, parent, beganNs: timeNs, endNs: undefined, state: 'running', step: 0, stepCount: 0, text: '' };
    build.phases.push(phase);
  }
  phase.step = row.number('step') || phase.step;
  phase.stepCount = row.number('stepCount') || phase.stepCount;
  phase.text = text || phase.text;
  const end = ENDS[kind];
  if (end === undefined) return;
  for (const each of [phase, ...partsOf(build.phases, phase)]) {
    if (each.state === 'running') Object.assign(each, { state: end, endNs: timeNs });
  }
  if (end === 'done') return;
  build.isClosed = true;
  if (end === 'failed') build.failure = { sentence: text, remedy: row.text('remedy') };
}

const partsOf = (phases: readonly OpenPhase[], whole: OpenPhase): OpenPhase[] =>
  phases
    .filter((each) => each !== whole && each.parent === whole.name && each.beganNs >= whole.beganNs)
    .flatMap((part) => [part, ...(part.name === whole.name ? [] : partsOf(phases, part))]);

function closed(build: OpenBuild): Build {
  const { isClosed: _, phases, ...rest } = build;
  const tops = phases.filter(({ parent }) => parent === '' || !phases.some(({ name }) => name === parent));
  const seen = new Set<OpenPhase>();
  const withParts = (phase: OpenPhase, depth: number): BuildPhase[] => {
    if (seen.has(phase)) return [];
    seen.add(phase);
    const { parent: _parent, ...shown } = phase;
    const untilNs = phase.endNs ?? Number.POSITIVE_INFINITY;
    const parts = phases.filter(
      (each) => each.parent === phase.name && each.beganNs >= phase.beganNs && each.beganNs <= untilNs,
    );
    return [{ ...shown, depth }, ...parts.flatMap((part) => withParts(part, depth + 1))];
  };
  const running = phases.some(({ state }) => state === 'running');
  const state =
    phases.find((each) => each.state === 'failed' || each.state === 'cancelled')?.state ??
    (running ? 'running' : 'done');
  const endNs = phases.reduce((last, phase) => Math.max(last, phase.endNs ?? last), build.beganNs);
  return { ...rest, state, endNs: running ? undefined : endNs, phases: tops.flatMap((top) => withParts(top, 0)) };
}

/** The newest first. An engine that is built again has a build of its own. */
export function buildsOf(table: WindowTable | undefined): Build[] {
  const builds: OpenBuild[] = [];
  const newest = new Map<string, OpenBuild>();
  for (const row of readingsOf(table)) {
    const names = { model: row.text('model'), version: row.text('version'), engine: row.text('engine') };
    const precision = row.text('precision');
    const key = JSON.stringify([row.number('source'), ...Object.values(names), precision]);
    let build = newest.get(key);
    if (!build || (row.text('kind') === 'began' && row.text('parent') === '' && isOver(build, row.text('phase')))) {
      const beganNs = row.number('timeNs');
      build = {
        id: `${key} ${beganNs}`,
        ...names,
        precision,
        beganNs,
        phases: [],
        lines: [],
        failure: undefined,
        isClosed: false,
      };
      builds.push(build);
      newest.set(key, build);
    }
    take(build, row);
  }
  return builds.map(closed).reverse();
}

/** 0 to 1; undefined while nobody knows how many steps there are. */
export const doneRatioOf = ({ state, step, stepCount }: BuildPhase): number | undefined =>
  state === 'done' ? 1 : stepCount > 0 ? Math.min(1, step / stepCount) : undefined;

/** The phase that a person waits for: the innermost of those that run; undefined when none does. */
export const runningPhase = ({ phases }: Build): BuildPhase | undefined =>
  phases.filter(({ state }) => state === 'running').at(-1);

/** The progress of what runs: of the outermost phase that says it. */
export function progressOf({ phases }: Build): number | undefined {
  return phases
    .filter(({ state }) => state === 'running')
    .map(doneRatioOf)
    .find((ratio) => ratio !== undefined);
}

export const buildTitle = ({
  model,
  version,
  engine,
  precision,
}: Pick<Build, 'model' | 'version' | 'engine' | 'precision'>) =>
  [model, version && `version ${version}`, engine, precision].filter((part) => part !== '').join(' · ');
