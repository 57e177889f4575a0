// Layers by precision, stages against their budget, versions against each other, and the form.

import { describe, expect, test } from 'vitest';
import { windowTableOf } from '../../../../app/host/window/window-table';
import { choiceOfDraft, FIRST_DRAFT, workloadTitle } from '../../../../app/renderer/model/scheduler/draft';
import {
  comparisonTable,
  layerBars,
  pairFigures,
  profileTable,
} from '../../../../app/renderer/model/scheduler/layer-tables';
import { engineColumns, LAYERS_SQL, layersOf } from '../../../../app/renderer/model/scheduler/layers';
import { pipelinesOf, pipelinesSql, stagesSql } from '../../../../app/renderer/model/scheduler/pipelines';
import {
  VERSION_EVENTS_SQL,
  versionEventsOf,
  versionsOf,
  versionsSql,
} from '../../../../app/renderer/model/scheduler/versions';
import { enums } from '../../../../shared/model/enums';
import { withSession } from '../../session/recording';
import { MS, requestRow } from './rows';

const layer = (precision: string, index: number, name: string, averageNs: number, timeNs = 1) => ({
  ...{ timeNs, averageNs, medianNs: averageNs, totalNs: averageNs * 10, batchSize: 1, runCount: 10, index, name },
  ...{ model: 'detect', engine: 'yolo', precision, type: 'Conv' },
});

//            fp16   fp32
//   conv1    100    300
//   conv2     50    100      the older reading, of 999 and a layer that is gone, does not count
//   cast      10      –
test('layers of engines stand side by side, the dearest first', async () => {
  const rows = [
    layer('fp32', 0, 'conv1', 300, 2),
    layer('fp32', 1, 'conv2', 999, 1),
    layer('fp32', 2, 'gone', 5, 1),
    layer('fp32', 1, 'conv2', 100, 2),
    layer('fp16', 0, 'conv1', 100),
    layer('fp16', 1, 'conv2', 50),
    layer('fp16', 2, 'cast', 10),
  ];
  await withSession({ layer: rows }, async ({ store }) => {
    const columns = engineColumns(layersOf(windowTableOf(await store.query(LAYERS_SQL))), 'detect');
    expect(columns.map(({ title, totalNs }) => [title, totalNs])).toEqual([
      ['yolo · fp16 · batch 1', 160],
      ['yolo · fp32 · batch 1', 400],
    ]);
    const bars = layerBars(columns, { barsMax: 2 });
    expect(bars.names).toEqual(['conv1', 'conv2']);
    expect(bars.columns.map(({ averageNs }) => averageNs)).toEqual([
      [100, 50],
      [300, 100],
    ]);
    expect(bars.leftOutCount).toBe(1);
    const [base, other] = columns;
    //  ratio and difference of fp32 to fp16
    expect(comparisonTable(columns, { base, other }).rows).toEqual([
      [0, 'conv1', 'Conv', 3, 200, 100, 300],
      [1, 'conv2', 'Conv', 2, 50, 50, 100],
      [2, 'cast', 'Conv', null, null, 10, null],
    ]);
    expect(comparisonTable(columns, undefined).columns.map(({ name }) => name)).toEqual([
      ...['#', 'Layer', 'Type', 'yolo · fp16 · batch 1 (ns)', 'yolo · fp32 · batch 1 (ns)'],
    ]);
    expect(pairFigures({ base, other })).toEqual({
      ...{ timeRatio: 2.5, sharedCount: 2, onlyInBaseCount: 1, onlyInOtherCount: 0 },
    });
  });
});

//            small   large   difference
//   a          100     110         10
//   b           10      60         50
//   c           40       –         40
test('the layers that differ most come first where that is asked', async () => {
  const rows = [
    ...[layer('small', 0, 'a', 100), layer('small', 1, 'b', 10), layer('small', 2, 'c', 40)],
    ...[layer('large', 0, 'a', 110), layer('large', 1, 'b', 60)],
  ];
  await withSession({ layer: rows }, async ({ store }) => {
    const columns = engineColumns(layersOf(windowTableOf(await store.query(LAYERS_SQL))), 'detect');
    const [other, base] = columns;
    expect(layerBars(columns).names).toEqual(['a', 'b', 'c']);
    expect(layerBars(columns, { pair: { base, other } }).names).toEqual(['b', 'c', 'a']);
  });
});

test('one engine has the columns of trtexec --dumpProfile, and shares that add up', async () => {
  const rows = [
    layer('fp16', 0, 'conv1', 75),
    layer('fp16', 1, 'conv2', 25),
    { ...layer('fp16', 2, 'cast', -1), totalNs: -1 },
  ];
  await withSession({ layer: rows }, async ({ store }) => {
    const [column] = engineColumns(layersOf(windowTableOf(await store.query(LAYERS_SQL))), 'detect');
    const { columns, rows: cells } = profileTable(column);
    expect(columns.map(({ name }) => name)).toEqual([
      ...['#', 'Layer', 'Type', 'Time (ns)', 'Avg. (ns)', 'Median (ns)', 'Time (%)', 'Cumulative (%)', 'Runs'],
    ]);
    expect(cells).toEqual([
      [0, 'conv1', 'Conv', 750, 75, 75, 75, 75, 10],
      [1, 'conv2', 'Conv', 250, 25, 25, 25, 100, 10],
      [2, 'cast', 'Conv', null, null, null, null, 100, 10],
    ]);
  });
});

test('stages stand against their share of the deadline', async () => {
  const run = (id: number, completion: number, stages: unknown) => ({
    ...{ arrivalNs: 0, completionNs: completion * MS, deadlineNs: 50 * MS, run: id, isOk: 1, pipeline: 'street' },
    stages: JSON.stringify(stages),
  });
  const stage = (model: string, latency: number, budget: number) => {
    return { model, startNs: 0, latencyNs: latency * MS, budgetNs: budget * MS, requestCount: 1 };
  };
  const pipeline = [
    run(1, 40, [stage('detect', 20, 30), stage('classify', 20, 20)]),
    run(2, 60, [stage('detect', 20, 30), stage('classify', 40, 20)]),
    run(3, 45, [stage('detect', 45, Number.POSITIVE_INFINITY)]), // ended in its first stage, and without a budget
    { ...run(4, 45, [{ ...stage('detect', 10, 0), budgetNs: -1 }]), deadlineNs: -1 },
  ];
  await withSession({ pipeline }, async ({ store }) => {
    const range = { fromNs: 0, toNs: 100 * MS };
    const [runs, stages] = [await store.query(pipelinesSql(range)), await store.query(stagesSql(range))];
    const [street] = pipelinesOf(windowTableOf(runs), windowTableOf(stages));
    expect(street).toMatchObject({ pipeline: 'street', runCount: 4, p50Ns: 45 * MS, deadlineNs: 50 * MS });
    expect(street.inTimeRatio).toBeCloseTo(2 / 3);
    expect(
      street.stages.map(({ model, p50Ns, budgetNs, overBudgetRatio }) => [model, p50Ns, budgetNs, overBudgetRatio]),
    ).toEqual([
      ['detect', 20 * MS, 30 * MS, 0],
      ['classify', 30 * MS, 20 * MS, 0.5],
    ]);
  });
});

test('versions share the requests of a model, and their last state is known', async () => {
  const rows = {
    request: [
      requestRow(1, [0, 1, 10, 20]),
      requestRow(2, [0, 1, 30, 20]),
      requestRow(3, [0, 1, 10, 20]),
      requestRow(4, [0, 1, 5, 20], { version: '2', outcome: enums.requestOutcome.failed }),
      requestRow(5, [0, -1, 5, 20], { version: '', outcome: enums.requestOutcome.rejected }),
    ],
    decision: ['loading', 'ready', 'serving'].map((because) => ({
      timeNs: MS,
      kind: 'version',
      model: 'detect',
      version: '2',
      because,
    })),
  };
  await withSession(rows, async ({ store }) => {
    const versions = versionsOf(windowTableOf(await store.query(versionsSql({ fromNs: 0, toNs: 100 * MS }))));
    expect(
      versions.map(({ version, shareRatio, state, failedRatio }) => [version, shareRatio, state, failedRatio]),
    ).toEqual([
      ['1', 0.75, '', 0],
      ['2', 0.25, 'serving', 1],
    ]);
    expect(versions[0].inTimeRatio).toBeCloseTo(2 / 3);
    const events = versionEventsOf(windowTableOf(await store.query(VERSION_EVENTS_SQL)));
    expect(events.map(({ state }) => state)).toEqual(['serving', 'ready', 'loading']);
  });
});

describe('the form', () => {
  test('a preset with what was chosen; what is left to the workload is left out', () => {
    expect(choiceOfDraft(FIRST_DRAFT)).toEqual({
      ok: true,
      value: { workload: { preset: 'three-cameras' }, seconds: 60, device: 'auto' },
    });
    expect(choiceOfDraft({ ...FIRST_DRAFT, seconds: ' ', policy: 'edf', device: 'cpu' })).toEqual({
      ok: true,
      value: { workload: { preset: 'three-cameras' }, policy: 'edf', device: 'cpu' },
    });
  });

  test('a file, and what is wrong in one sentence a field', () => {
    const file = { fileName: 'mine.yaml', text: 'models: []' };
    expect(choiceOfDraft({ ...FIRST_DRAFT, preset: undefined, file })).toMatchObject({
      value: { workload: { text: 'models: []' } },
    });
    expect(workloadTitle({ preset: undefined, file })).toBe('Workload: mine.yaml');
    expect(choiceOfDraft({ ...FIRST_DRAFT, preset: undefined, seconds: 'long' })).toEqual({
      ok: false,
      error: {
        workload: 'Choose a preset, or open a workload file.',
        seconds: 'Seconds must be a number from 1 to 86,400, not “long”.',
      },
    });
    const long = { fileName: 'long.yaml', text: 'x'.repeat(100_001) };
    expect(choiceOfDraft({ ...FIRST_DRAFT, preset: undefined, file: long })).toMatchObject({
      error: { workload: 'The file is longer than 100,000 bytes: shorten it.' },
    });
  });
});
