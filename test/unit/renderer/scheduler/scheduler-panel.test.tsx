// @vitest-environment happy-dom
// The form, the live controls and the states of the panel, with callbacks that remember; and the verbs with a host that answers from memory.

import { act, fireEvent, render, screen, within } from '@testing-library/react';
import { useState } from 'react';
import { describe, expect, test, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { type Draft, FIRST_DRAFT } from '../../../../app/renderer/model/scheduler/draft';
import { lifeOf } from '../../../../app/renderer/model/scheduler/life';
import { LiveControls } from '../../../../app/renderer/panels/scheduler/live-controls';
import { WorkloadForm } from '../../../../app/renderer/panels/scheduler/workload-form';
import { Actions } from '../../../../app/renderer/state/actions';
import { createAppStore } from '../../../../app/renderer/state/app-store';
import type { OpenSession } from '../../../../app/renderer/state/open-session';
import { createSchedulerStore } from '../../../../app/renderer/state/scheduler-store';
import { createSessionStore } from '../../../../app/renderer/state/session-store';
import { failure } from '../../../../shared/util/failure';
import { happened, isDisabled, Main, NO_ROWS, preparePanel, press, ROWS, tableOf } from './panel-bed';
import { batchRow, MS, requestRow } from './rows';

preparePanel();

const kernelRow = (text: string, [from, to]: readonly [number, number]) => ({
  ...{ kind: 'kernel', text, base: text, startNs: from * MS, durationNs: (to - from) * MS, callSource: 2 },
  ...{ correlation: from, graphNode: 0, context: 1, stream: 7, nameId: 1, direction: 0, bytes: 0, deviceKind: 1 },
});

describe('the form', () => {
  function Form({ obstacle, isRunning = false }: { readonly obstacle?: string; readonly isRunning?: boolean }) {
    const [draft, setDraft] = useState<Draft>(FIRST_DRAFT);
    return (
      <WorkloadForm
        draft={draft}
        onChange={(change) => setDraft((before) => ({ ...before, ...change }))}
        obstacle={obstacle}
        isRunning={isRunning}
        onRun={() => happened.push(`run ${draft.preset} ${draft.policy} ${draft.seconds}`)}
        onStop={() => happened.push('stop')}
        onOpenFile={() => happened.push('open')}
      />
    );
  }

  test('a preset, a policy and seconds; a mistake stands under its field and stops the button', () => {
    render(<Form />);
    press('Overload');
    expect(screen.getByRole('button', { name: 'Overload' }).getAttribute('aria-pressed')).toBe('true');
    fireEvent.change(screen.getByLabelText('Policy'), { target: { value: 'edf' } });
    fireEvent.change(screen.getByLabelText(/^Seconds/), { target: { value: '-1' } });
    expect(screen.getByRole('alert').textContent).toContain('not “-1”');
    fireEvent.submit(screen.getByTestId('scheduler-form'));
    expect(isDisabled('Run')).toBe(true);
    fireEvent.change(screen.getByLabelText(/^Seconds/), { target: { value: '5' } });
    press('Run');
    press('YAML file…');
    expect(happened).toEqual(['run overload edf 5', 'open']);
  });

  test('nothing runs in a recording, nor twice at once', () => {
    const { rerender } = render(<Form obstacle="This session is recorded." />);
    screen.getByText('This session is recorded.');
    expect([isDisabled('Run'), isDisabled('Stop')]).toEqual([true, true]);
    rerender(<Form isRunning />);
    fireEvent.submit(screen.getByTestId('scheduler-form'));
    press('Stop');
    expect(happened).toEqual(['stop']);
  });
});

describe('the live controls', () => {
  test('say why they are not there', () => {
    render(<LiveControls models={[]} obstacle="Run a workload first." onChange={() => {}} />);
    screen.getByText('Run a workload first.');
    expect(screen.queryByRole('button')).toBe(null);
  });

  test('switch the policy, and set only the limits that were filled in', () => {
    render(
      <LiveControls models={['detect', 'caption']} obstacle={undefined} onChange={(change) => happened.push(change)} />,
    );
    fireEvent.change(screen.getByLabelText('Policy'), { target: { value: 'fifo' } });
    press('Switch');
    expect(isDisabled('Set')).toBe(true);
    fireEvent.change(screen.getByLabelText('Limits of'), { target: { value: 'caption' } });
    fireEvent.change(screen.getByLabelText(/^Largest batch/), { target: { value: '0' } });
    expect(screen.getByRole('alert').textContent).toBe('A whole number of at least 1.');
    expect(isDisabled('Set')).toBe(true);
    fireEvent.change(screen.getByLabelText(/^Largest batch/), { target: { value: '' } });
    fireEvent.change(screen.getByLabelText(/^Longest queue/), { target: { value: '0' } });
    press('Set');
    expect(happened).toEqual([
      { kind: 'policy', policy: 'fifo' },
      { kind: 'limits', model: 'caption', maxBatchSize: undefined, maxQueueSize: 0 },
    ]);
  });
});

describe('the views', () => {
  test('every empty state says what to do', () => {
    const { rerender } = render(<Main />);
    screen.getByText('Reading the rows of the scheduler');
    rerender(<Main rows={NO_ROWS} />);
    screen.getByText(/press “Run”/);
    rerender(<Main rows={NO_ROWS} isLive={false} />);
    screen.getByText(/This recording holds none/);
    rerender(<Main rows={NO_ROWS} isRunning />);
    screen.getByText('Loading the models');
    rerender(<Main rows={ROWS} />);
    screen.getByText(/No request was answered in this range/);
    for (const tab of ['streams', 'misses', 'pipelines', 'versions', 'engines']) {
      fireEvent.click(screen.getByTestId(`tab-${tab}`));
      expect(within(screen.getByTestId('empty-state')).getByText(/No /).textContent).not.toBe('');
    }
  });

  test('streams: arrows go from batch to batch, Enter opens it', () => {
    const batches = tableOf([
      { source: 1, ...batchRow(1, 'detect', 0, [0, 40]) },
      { source: 1, ...batchRow(2, 'caption', 1, [30, 60]) },
      { source: 1, ...batchRow(3, 'detect', 0, [50, 90]) },
    ]);
    render(<Main rows={{ ...ROWS, tables: { batches } }} />);
    fireEvent.click(screen.getByTestId('tab-streams'));
    const lanes = screen.getByTestId('scheduler-lanes');
    expect(lanes.dataset.itemCount).toBe('3');
    fireEvent.keyDown(lanes, { key: 'ArrowRight' });
    screen.getByText(/^Batch 3 of detect/);
    fireEvent.keyDown(lanes, { key: 'ArrowLeft' });
    fireEvent.keyDown(lanes, { key: 'ArrowDown' });
    screen.getByText(/^Batch 2 of caption/);
    fireEvent.keyDown(lanes, { key: 'Enter' });
    expect(happened).toEqual([{ tab: 'streams' }, 'batch 2']);
  });

  test('a request: its sentence, its parts, who held it; its mates lead on', () => {
    const life = lifeOf({
      request: tableOf([{ source: 1, ...requestRow(7, [0, 30, 60, 50], { batch: 2, reason: '' }) }]),
      batches: tableOf([
        { source: 1, neighbours: '', ...batchRow(1, 'caption', 0, [0, 30]) },
        { source: 1, neighbours: '', ...batchRow(2, 'detect', 0, [30, 60]) },
      ]),
      mates: tableOf([{ source: 1, stage: 0, ...requestRow(8, [10, 30, 60, 90]) }]),
      ...{ kin: undefined, decisions: undefined, usual: undefined, links: undefined },
      work: tableOf([
        { ...kernelRow('convolve<3>(float*)', [32, 40]), base: 'convolve' },
        { ...kernelRow('add(float*)', [45, 50]), base: 'add' },
      ]),
    });
    const choices = { ...createSchedulerStore({ isLive: true }).getState(), picked: { source: 1, request: 7 } };
    render(<Main rows={{ ...ROWS, life }} choices={choices} />);
    expect(screen.getByTestId('scheduler-life-sentence').textContent).toContain('10.00 ms late');
    expect(screen.getByTestId('scheduler-blockers').textContent).toBe('caption on stream 0: 30.00 ms in batch 1');
    expect(screen.getByTestId('scheduler-life-drawing').getAttribute('aria-label')).toContain('In the engine 30.00 ms');
    expect(screen.getByTestId('scheduler-work-facts').textContent).toContain('Idle between kernels5.000 ms (27.8 %)');
    expect(screen.getByTestId('scheduler-slowest').textContent).toBe('Longest kernel convolve: 8.000 ms');
    const lanes = screen.getByTestId('scheduler-life-work');
    expect(lanes.dataset.itemCount).toBe('2');
    fireEvent.keyDown(lanes, { key: 'ArrowRight' });
    fireEvent.keyDown(lanes, { key: 'ArrowRight' });
    expect(screen.getByTestId('scheduler-work-words').textContent).toBe('add: 5.000 ms');
    fireEvent.keyDown(lanes, { key: 'Enter' });
    press('Show on the timeline');
    press(/^8 detect/);
    press('Close the life of the request');
    expect(happened).toEqual([
      'work add(float*)',
      'timeline 7',
      { picked: { source: 1, request: 8 } },
      { picked: undefined },
    ]);
  });
});

describe('the verbs', () => {
  function bed(answers: Record<string, unknown>) {
    const asked: [string, unknown][] = [];
    const store = createAppStore('dark', 'default');
    const bridge = { openText: async () => ({ fileName: 'my.yaml', text: 'models: []' }) };
    const actions = new Actions(store, bridge as never);
    const request = async (name: string, params: unknown) => {
      asked.push([name, params]);
      const answer = answers[name];
      if (answer instanceof Error) throw answer;
      return answer;
    };
    Object.defineProperty(actions, 'request', { value: request });
    const session = {
      key: 3,
      scheduler: createSchedulerStore({ isLive: true }),
      choices: createSessionStore(),
      annotations: createStore(() => ({ notes: '', marks: [] })),
      facts: createStore(() => ({ description: { kind: 'live' }, targets: [] })),
    } as unknown as OpenSession;
    return { actions, store, session, asked };
  }

  test('run starts the workload, a change and stop go to it', async () => {
    const { actions, session, asked } = bed({ 'session/workload': { targetId: 4, pid: 99 } });
    const stop = vi.spyOn(actions, 'stop').mockResolvedValue();
    await act(() => actions.scheduler.run(session));
    await actions.scheduler.change(session, { kind: 'policy', policy: 'edf' });
    await actions.scheduler.stop(session);
    expect(asked).toEqual([
      ['session/workload', { session: 3, workload: { preset: 'three-cameras' }, seconds: 60, device: 'auto' }],
      ['session/workload-control', { session: 3, targetId: 4, change: { kind: 'policy', policy: 'edf' } }],
    ]);
    expect(stop.mock.calls.map(([, targetId, signal]) => [targetId, signal])).toEqual([[4, 'SIGTERM']]);
    expect(session.facts.getState().targets).toMatchObject([{ title: 'Workload: Three cameras', isWorkload: true }]);
  });

  test('a refusal becomes a notice, and nothing is changed where nothing runs', async () => {
    const { actions, store, session, asked } = bed({
      'session/workload': failure('noRunner', 'The runner is not built.', 'Build it.'),
    });
    await actions.scheduler.run(session);
    await actions.scheduler.change(session, { kind: 'policy', policy: 'edf' });
    expect(asked.map(([name]) => name)).toEqual(['session/workload']);
    expect(store.getState().notices.map(({ sentence }) => sentence)).toEqual([
      'The runner is not built.',
      'No workload is running in this session.',
    ]);
    expect(session.scheduler.getState().isStarting).toBe(false);
  });

  test('a file goes into the form; a batch opens its latest request', async () => {
    const { actions, session, asked } = bed({ 'session/query': tableOf([{ request: 12 }]) });
    await actions.scheduler.openFile(session);
    expect(session.scheduler.getState().draft).toMatchObject({ preset: undefined, file: { fileName: 'my.yaml' } });
    await actions.scheduler.pickBatch(session, { source: 2, batch: 5 } as never);
    expect(asked).toEqual([['session/query', { session: 3, sql: expect.stringContaining('batch = 5') }]]);
    expect(session.scheduler.getState().picked).toEqual({ source: 2, request: 12 });
  });
});
