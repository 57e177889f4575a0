// The questions to the store, asked of a real one.

import { expect, test } from 'vitest';
import { windowTableOf } from '../../../../app/host/window/window-table';
import {
  EXPERIMENTS_SQL,
  experimentsOf,
  metricsSql,
  noticesOf,
  noticesSql,
  pointsOf,
  pointsSql,
} from '../../../../app/renderer/model/laboratory/experiments';
import { computeCapabilities, DEVICES_SQL } from '../../../../app/renderer/model/laboratory/what-if';
import { enums } from '../../../../shared/model/enums';
import { withSession } from '../../session/recording';

const { experimentEvent, deviceKind, pointRole } = enums;
/** As large as an id may be. */
const ID = 2 ** 53 - 1;
const SPEC = JSON.stringify({ kind: 'gemm', sizes: [32] });

const ROWS = {
  device: [{ timeNs: 1, device: 0, kind: deviceKind.cuda, computeMajor: 8, computeMinor: 7, name: 'Orin' }],
  experiment: [
    {
      timeNs: 10e9,
      event: experimentEvent.started,
      experiment: ID,
      pointCount: 2,
      spec: SPEC,
      device: 'Orin',
      deviceKind: 1,
    },
    {
      timeNs: 11e9,
      event: experimentEvent.progress,
      experiment: ID,
      doneCount: 1,
      pointCount: 2,
      sentence: 'naive',
      deviceKind: 1,
    },
    // The same time as the row before: the one that came later counts.
    { timeNs: 11e9, event: experimentEvent.done, experiment: ID, doneCount: 2, pointCount: 2, deviceKind: 1 },
    { timeNs: 20e9, event: experimentEvent.started, experiment: 5, spec: '{"kind":"later"}', deviceKind: 2 },
  ],
  point: [
    { experiment: ID, index: 1, role: pointRole.measured, series: 'old', medianNs: 9 },
    { experiment: ID, index: 0, role: pointRole.ceiling, series: 'fma', medianNs: 3 },
    { experiment: ID, index: 1, role: pointRole.measured, series: 'new', medianNs: 7, isNoisy: 1 },
    { experiment: 5, index: 0, role: pointRole.measured, series: 'other', medianNs: 1 },
  ],
  pointMetric: [
    { experiment: ID, index: 1, metric: 'l2_hit_ratio', value: 0.1 },
    { experiment: ID, index: 1, metric: 'l2_hit_ratio', value: 0.9 },
  ],
  diagnostic: [
    { timeNs: 10.5e9, severity: 2, code: 'experimentNotice', sentence: 'There is no cuBLAS.', remedy: 'Install it.' },
    { timeNs: 10.6e9, severity: 2, code: 'experimentNotice', sentence: 'There is no cuBLAS.', remedy: 'Install it.' },
    { timeNs: 20e9, severity: 2, code: 'experimentNotice', sentence: 'Of the other.', remedy: '' },
    { timeNs: 10.5e9, severity: 2, code: 'else', sentence: 'Of nobody.', remedy: '' },
  ],
};

test('experiments, points, metrics and notices of a recording', async () => {
  await withSession(ROWS, async ({ store }) => {
    const ask = async (sql: string) => windowTableOf(await store.query(sql));
    const [newest, first] = experimentsOf(await ask(EXPERIMENTS_SQL));
    expect(newest).toMatchObject({ experiment: 5, state: 'started', deviceKind: 'cpu', spec: undefined });
    expect(first).toMatchObject({
      experiment: ID,
      state: 'done',
      doneCount: 2,
      pointCount: 2,
      device: 'Orin',
      startedNs: 10e9,
    });
    expect(first.spec).toMatchObject({ kind: 'gemm', sizes: [32], sampleCount: 50 });

    const points = pointsOf(await ask(pointsSql(ID)), await ask(metricsSql(ID)));
    expect(points.map(({ index, series, role, isNoisy }) => [index, series, role, isNoisy])).toEqual([
      [0, 'fma', 'ceiling', false],
      [1, 'new', 'measured', true],
    ]);
    expect([...points[1].metrics]).toEqual([['l2_hit_ratio', 0.9]]);

    expect(noticesOf(await ask(noticesSql(ID)))).toEqual([{ sentence: 'There is no cuBLAS.', remedy: 'Install it.' }]);
    expect([...computeCapabilities(await ask(DEVICES_SQL))]).toEqual([['Orin', '8.7']]);
  });
});

test('a session without any says so with no rows', async () => {
  await withSession({}, async ({ store }) => {
    expect(experimentsOf(windowTableOf(await store.query(EXPERIMENTS_SQL)))).toEqual([]);
  });
});
