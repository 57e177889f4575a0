// How engines come to be: phases with their parts, attempts, lines, and what a failure says.

import { expect, test } from 'vitest';
import { windowTableOf } from '../../../../app/host/window/window-table';
import {
  BUILDS_SQL,
  type Build,
  buildsOf,
  buildTitle,
  doneRatioOf,
  progressOf,
  runningPhase,
} from '../../../../app/renderer/model/scheduler/builds';
import type { RowOf } from '../../../../shared/model/column';
import { enums } from '../../../../shared/model/enums';
import type { Tables } from '../../../../shared/wire/tables';
import { withSession } from '../../session/recording';

type BuildRow = Partial<RowOf<Tables['build']>>;

const said = (timeNs: number, kind: string, phase: string, given: BuildRow = {}): BuildRow => ({
  ...{
    timeNs,
    kind,
    phase,
    model: 'detect',
    version: '1',
    engine: 'tensorrt',
    precision: 'fp16',
    severity: enums.severity.info,
  },
  ...given,
});

const buildsFrom = (build: BuildRow[], diagnostic: Partial<RowOf<Tables['diagnostic']>>[] = []): Promise<Build[]> =>
  withSession({ build, diagnostic }, async ({ store }) => buildsOf(windowTableOf(await store.query(BUILDS_SQL))));

const phasesOf = ({ phases }: Build) =>
  phases.map(({ name, depth, state, beganNs, endNs }) => [name, depth, state, beganNs, endNs]);

//   reading ├─┤
//   building   ├────────────▶
//     tactics    ├──3 of 4──▶
test('phases with their parts, and the newest step of what runs', async () => {
  const steps = [1, 2, 3].map((step) =>
    said(30 + step, 'progress', 'tactics', { parent: 'building', step, stepCount: 4 }),
  );
  const rows = [
    said(10, 'began', 'reading', { text: 'detect.onnx' }),
    said(20, 'done', 'reading'),
    said(20, 'began', 'building'),
    said(30, 'began', 'tactics', { parent: 'building', stepCount: 4 }),
    ...steps,
    said(35, 'log', 'building', { text: 'low on memory', severity: enums.severity.warning }),
  ];
  const [build, ...others] = await buildsFrom(rows);
  expect(others).toEqual([]);
  expect(buildTitle(build)).toBe('detect · version 1 · tensorrt · fp16');
  expect(phasesOf(build)).toEqual([
    ['reading', 0, 'done', 10, 20],
    ['building', 0, 'running', 20, undefined],
    ['tactics', 1, 'running', 30, undefined],
  ]);
  expect([build.state, build.endNs, build.phases[0].text]).toEqual(['running', undefined, 'detect.onnx']);
  expect(build.phases.map(doneRatioOf)).toEqual([1, undefined, 0.75]);
  expect([runningPhase(build)?.name, progressOf(build)]).toEqual(['tactics', 0.75]);
  expect(build.lines).toEqual([
    { place: 0, timeNs: 35, severity: 'warning', phase: 'building', text: 'low on memory' },
  ]);
});

test('steps that others came after are not read', async () => {
  const rows = [
    said(1, 'began', 'building'),
    ...Array.from({ length: 50 }, (_, step) => said(2 + step, 'progress', 'building', { step, stepCount: 50 })),
    said(60, 'done', 'building'),
  ];
  await withSession({ build: rows }, async ({ store }) => {
    expect(windowTableOf(await store.query(BUILDS_SQL)).rows).toHaveLength(3);
  });
});

test('a failure ends what runs, and has the remedy of the diagnostic that says the same', async () => {
  const sentence = 'The node conv1 of detect.onnx has the operator Einsum.';
  const rows = [
    said(10, 'began', 'building'),
    said(20, 'began', 'tactics', { parent: 'building' }),
    said(30, 'failed', 'building', { text: `detect: ${sentence}`, severity: enums.severity.error }),
  ];
  const told = { timeNs: 30, severity: enums.severity.error, code: 'x', sentence, remedy: 'Export it without Einsum.' };
  const [build] = await buildsFrom(rows, [told, { ...told, sentence: 'Something else.', remedy: 'Nothing.' }]);
  expect(phasesOf(build)).toEqual([
    ['building', 0, 'failed', 10, 30],
    ['tactics', 1, 'failed', 20, 30],
  ]);
  expect([build.state, build.endNs]).toEqual(['failed', 30]);
  expect(build.failure).toEqual({ sentence: `detect: ${sentence}`, remedy: 'Export it without Einsum.' });
});

test('an engine that is loaded again has another build; warming up after loading is of the same', async () => {
  const once = (fromNs: number) => [
    said(fromNs, 'began', 'loading'),
    said(fromNs + 5, 'done', 'loading'),
    said(fromNs + 6, 'began', 'warming up'),
    said(fromNs + 9, 'done', 'warming up'),
  ];
  const rows = [...once(0), said(20, 'began', 'loading'), said(21, 'cancelled', 'loading'), ...once(30)];
  const builds = await buildsFrom([...rows, said(50, 'began', 'loading', { version: '2' })]);
  expect(builds.map(({ version, beganNs, state }) => [version, beganNs, state])).toEqual([
    ['2', 50, 'running'],
    ['1', 30, 'done'],
    ['1', 20, 'cancelled'],
    ['1', 0, 'done'],
  ]);
  expect(builds[1].phases).toHaveLength(2);
  expect(new Set(builds.map(({ id }) => id)).size).toBe(4);
});

test('nothing was built', () => expect(buildsOf(undefined)).toEqual([]));
