// An engine on its way up, as rows.

import { expect, test } from 'vitest';
import { BuildReport, type BuildRow } from '../../../probe/workloads/build-report';
import { enums } from '../../../shared/model/enums';
import { tables } from '../../../shared/wire/tables';

const SUBJECT = { model: 'detect', version: '2', engine: 'tensorrt', precision: 'fp16' };

function reported() {
  let nowNs = 0;
  const rows: BuildRow[] = [];
  const report = new BuildReport(
    SUBJECT,
    () => nowNs,
    (row) => rows.push(row),
  );
  const words = () => rows.splice(0).map(({ kind, phase, parent, step }) => [kind, phase, parent, step].join(' '));
  const after = (ms: number) => {
    nowNs += ms * 1e6;
  };
  return { report, rows, words, after };
}

const progress = (phase: string, step: number, parent = '', isFinished = false) =>
  ({ kind: 'progress', phase, parent, step, stepCount: 1000, isFinished }) as const;

test('a phase ends where the next one begins, and each row is whole', () => {
  const { report, rows, after } = reported();
  report.begin('reading', 'a.onnx');
  after(5);
  report.begin('building');
  report.end('kept');
  report.end();
  expect(rows.map(({ kind, phase, timeNs, text }) => [kind, phase, timeNs, text])).toEqual([
    ['began', 'reading', 0, 'a.onnx'],
    ['done', 'reading', 5e6, ''],
    ['began', 'building', 5e6, ''],
    ['done', 'building', 5e6, 'kept'],
  ]);
  for (const row of rows) {
    expect(row).toMatchObject(SUBJECT);
    expect(Object.keys(row).sort()).toEqual(Object.keys(tables.build.columns).sort());
  }
});

test('TensorRT’s outermost phases are parts of ours; of many steps the first, the last, and ten a second are told', () => {
  const { report, words, after } = reported();
  report.begin('building');
  words();
  report.take(progress('Building', 0));
  for (let step = 0; step < 1000; step += 1) {
    report.take(progress('Tactics', step, 'Building'));
    after(1);
  }
  report.take(progress('Tactics', 1000, 'Building', true));
  report.take(progress('Tactics', 0, 'Building'));
  report.take(progress('Building', 1000, '', true));
  const said = words();
  expect(said.slice(0, 3)).toEqual([
    'began Building building 0',
    'began Tactics Building 0',
    'progress Tactics Building 100',
  ]);
  expect(said.slice(-4)).toEqual([
    'progress Tactics Building 900',
    'done Tactics Building 1000',
    'began Tactics Building 0',
    'done Building building 1000',
  ]);
  expect(said).toHaveLength(14);
});

test('a log’s line is one line with its severity', () => {
  const { report, rows } = reported();
  report.begin('building');
  report.take({ kind: 'log', severity: 'warning', text: 'a\n  b\t' });
  report.take({ kind: 'log', severity: 'internalError', text: 'c' });
  expect(rows.slice(1).map(({ kind, phase, severity, text }) => [kind, phase, severity, text])).toEqual([
    ['log', 'building', enums.severity.warning, 'a b'],
    ['log', 'building', enums.severity.error, 'c'],
  ]);
});

test.each([
  [false, 'failed', enums.severity.error],
  [true, 'cancelled', enums.severity.info],
])('cancelled %s: the phase that was under way is over', (isCancelled, kind, severity) => {
  const { report, rows } = reported();
  report.begin('loading');
  report.fail('It broke.', isCancelled);
  report.end();
  expect(rows.slice(1)).toMatchObject([{ kind, severity, phase: 'loading', text: 'It broke.' }]);
});

test('what fails before anything began was not found', () => {
  const { report, rows } = reported();
  report.fail('There is no file a.onnx.', false);
  expect(rows).toMatchObject([{ kind: 'failed', phase: 'reading' }]);
});
