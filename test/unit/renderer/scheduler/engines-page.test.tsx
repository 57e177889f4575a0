// @vitest-environment happy-dom
// The engines' page and the versions, in the panel.

import { fireEvent, render, screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { buildsOf } from '../../../../app/renderer/model/scheduler/builds';
import { happened, isDisabled, Main, NO_ROWS, preparePanel, press, ROWS, tableOf } from './panel-bed';

preparePanel();

const build = {
  ...{ source: 1, timeNs: 0, step: 0, stepCount: 0, severity: 1, model: 'detect', version: '2', parent: '', text: '' },
};

test('engines: layers, their graph by search and keys, and an engine that is loaded stands at the head', async () => {
  const layer = (index: number, name: string) => ({
    ...{ source: 1, timeNs: 1, model: 'detect', engine: 'kernels', precision: 'fp16', batchSize: 1, runCount: 1 },
    ...{ index, name, type: 'Conv', averageNs: 10 + index, medianNs: 10, totalNs: 10 },
  });
  const edge = { source: 1, timeNs: 1, model: 'detect', engine: 'kernels', shape: '1 × 8', bytes: 32, tensor: 'x' };
  const layers = tableOf([layer(0, 'stem'), layer(1, 'head')]);
  const edges = tableOf([{ ...edge, fromLayer: 0, toLayer: 1 }]);
  const builds = buildsOf(
    tableOf([{ ...build, engine: 'kernels', precision: 'fp16', kind: 'began', phase: 'loading' }]),
  );
  render(<Main rows={{ ...ROWS, tables: { layers, edges }, builds, nowNs: 2e9 }} />);
  expect(screen.getByTestId('scheduler-build-strip').textContent).toContain('Loading, 2 s');
  fireEvent.click(screen.getByTestId('tab-engines'));
  fireEvent.click(screen.getByLabelText('Graph'));
  const graph = await screen.findByTestId('scheduler-graph');
  expect(graph.dataset.itemCount).toBe('2');
  const search = screen.getByTestId('scheduler-graph-search');
  fireEvent.change(search, { target: { value: 'head' } });
  fireEvent.keyDown(search, { key: 'Enter' });
  expect(within(screen.getByTestId('scheduler-graph-details')).getByText('1 × 8, 32 B')).not.toBe(null);
  fireEvent.keyDown(graph, { key: 'ArrowUp' });
  expect(screen.getByTestId('scheduler-graph-words').textContent).toMatch(/^stem: Conv/);
  fireEvent.keyDown(graph, { key: 'Escape' });
  expect(screen.queryByTestId('scheduler-graph-details')).toBe(null);
  fireEvent.click(screen.getByLabelText('Build log'));
  expect(screen.getByTestId('scheduler-builds').textContent).toContain('running');
});

test('a build that nobody works at any more is cut off, and nothing stands at the head', () => {
  const builds = buildsOf(tableOf([{ ...build, engine: 'kernels', precision: '', kind: 'began', phase: 'loading' }]));
  render(<Main rows={{ ...NO_ROWS, builds }} isAlive={false} />);
  expect(screen.queryByTestId('scheduler-build-strip')).toBe(null);
  expect(screen.getByTestId('scheduler-builds').textContent).toContain('cut off');
});

test('versions: those that serve share the traffic, sliders move the traffic while a workload runs', () => {
  const version = { model: 'detect', requests: 10, p50: 1, p99: 2, inTime: 1, failed: 0, state: 'serving' };
  const versions = tableOf([
    { ...version, version: '1', share: 0.9 },
    { ...version, version: '2', share: 0.1 },
    { ...version, version: '0', share: 0, state: 'ended' },
  ]);
  const { rerender } = render(
    <Main rows={{ ...ROWS, tables: { versions } }} controlObstacle="Run a workload first." />,
  );
  fireEvent.click(screen.getByTestId('tab-versions'));
  expect(isDisabled('Route so')).toBe(true);
  rerender(<Main rows={{ ...ROWS, tables: { versions } }} />);
  expect(screen.getAllByRole('slider')).toHaveLength(2);
  fireEvent.change(screen.getAllByRole('slider')[1], { target: { value: '90' } });
  press('Route so');
  press('Roll back');
  press('Swap detect to version 2');
  press('Load version 0 of detect');
  expect(happened.slice(1)).toEqual([
    { kind: 'traffic', model: 'detect', weights: { '1': 90, '2': 90 } },
    { kind: 'roll-back', model: 'detect' },
    { kind: 'swap', model: 'detect', version: '2' },
    { kind: 'load', model: 'detect', version: '0' },
  ]);
});

test('a session of layers alone leads to them', () => {
  render(<Main rows={{ ...NO_ROWS, models: ['detect'] }} />);
  press('Show the engines');
  expect(happened).toEqual([{ tab: 'engines' }]);
});
