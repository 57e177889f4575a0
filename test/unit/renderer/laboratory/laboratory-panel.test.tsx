// @vitest-environment happy-dom
// The form and the results, with callbacks that remember; and the verbs with a host that answers from memory.

import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { type Draft, FIRST_DRAFT } from '../../../../app/renderer/model/laboratory/draft';
import { ExperimentForm } from '../../../../app/renderer/panels/laboratory/experiment-form';
import { Results, type ResultsProps } from '../../../../app/renderer/panels/laboratory/results';
import { Actions } from '../../../../app/renderer/state/actions';
import { createAppStore } from '../../../../app/renderer/state/app-store';
import { createLaboratoryStore } from '../../../../app/renderer/state/laboratory-store';
import { noteTargets, type OpenSession } from '../../../../app/renderer/state/open-session';
import { createSessionStore } from '../../../../app/renderer/state/session-store';
import { failure } from '../../../../shared/util/failure';
import type { Baseline } from '../../../../shared/window/methods';
import { giveElementsSize } from '../element-size';
import { experimentOf, gemmPoint, gemmSpec } from './points';

/** What ECharts needs of a canvas, which happy-dom does not have. */
function fakeCanvas(): void {
  const context: object = new Proxy(
    {},
    {
      get: (_, name) =>
        name === 'measureText' ? () => ({ width: 10 }) : name === 'canvas' ? undefined : () => context,
      set: () => true,
    },
  );
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(context as CanvasRenderingContext2D);
}

const happened: string[] = [];
beforeEach(() => {
  giveElementsSize(1200, 400);
  fakeCanvas();
  happened.length = 0;
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

describe('the form', () => {
  function Form({ obstacle, isRunning = false }: { readonly obstacle?: string; readonly isRunning?: boolean }) {
    const [draft, setDraft] = useState<Draft>(FIRST_DRAFT);
    return (
      <ExperimentForm
        draft={draft}
        onChange={(change) => setDraft((before) => ({ ...before, ...change }))}
        obstacle={obstacle}
        isRunning={isRunning}
        onRun={() => happened.push(`run ${draft.kind} ${draft.sizes}`)}
        onCancel={() => happened.push('cancel')}
        onOpenSource={() => happened.push('open')}
      />
    );
  }
  const type = (label: string, value: string) =>
    fireEvent.change(screen.getByLabelText(new RegExp(`^${label}`)), { target: { value } });
  const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }));
  const isDisabled = (name: string) => (screen.getByRole('button', { name }) as HTMLButtonElement).disabled;

  test('says what is wrong under the field, and runs when it is mended', () => {
    render(<Form />);
    type('Sizes', '32, many');
    expect(screen.getByRole('alert').textContent).toBe('A side must be a whole number from 1 to 16,384, not “many”.');
    expect(screen.getByLabelText(/^Sizes/).getAttribute('aria-invalid')).toBe('true');
    expect(isDisabled('Run')).toBe(true);
    fireEvent.submit(screen.getByTestId('laboratory-form'));
    type('Sizes', '32, 48');
    expect(screen.queryByRole('alert')).toBe(null);
    press('Run');
    expect(happened).toEqual(['run gemm 32, 48']);
  });

  test('every preset shows its own fields', () => {
    render(<Form />);
    press('Copy bandwidth');
    for (const name of ['pageable', 'pinned', 'managed', 'on the device']) screen.getByRole('checkbox', { name });
    for (const name of ['pageable', 'pinned', 'managed']) fireEvent.click(screen.getByRole('checkbox', { name }));
    expect(screen.getByRole('alert').textContent).toBe('Choose at least one kind of memory.');
    press('Launch cost');
    screen.getByLabelText('Launches in the chain');
    press('Block size');
    expect(screen.getByRole('button', { name: 'Block size' }).getAttribute('aria-pressed')).toBe('true');
  });

  test('an own kernel: its source, and as many arguments as it takes', () => {
    render(<Form />);
    press('Own kernel');
    expect(screen.getByRole('alert').textContent).toBe('Choose a .cu file, or paste the source of a kernel.');
    press('Open a .cu file…');
    fireEvent.change(screen.getByTestId('laboratory-source'), { target: { value: '__global__ void f() {}' } });
    expect(isDisabled('Run')).toBe(false);
    press('Remove argument 3');
    press('Add an argument');
    type('Argument 3: kind', 'f32');
    type('Argument 3: value', 'two');
    expect(screen.getByRole('alert').textContent).toBe('Argument 3: The value must be a number, such as 0.5 or 2e9.');
    expect(happened).toEqual(['open']);
  });

  test('nothing runs in a recording, nor twice at once', () => {
    const { rerender } = render(<Form obstacle="This session is recorded." />);
    screen.getByText('This session is recorded.');
    expect([isDisabled('Run'), isDisabled('Cancel')]).toEqual([true, true]);
    rerender(<Form isRunning />);
    fireEvent.submit(screen.getByTestId('laboratory-form'));
    press('Cancel');
    expect(happened).toEqual(['cancel']);
  });
});

const POINTS = [gemmPoint(0, 'tile_16', 32, 10), gemmPoint(1, 'tile_16', 64, 30), gemmPoint(2, 'tile_32', 32, 5)];
const BASELINE: Baseline = {
  id: 'a',
  name: 'last week',
  hostName: 'orin',
  device: 'EPYC',
  deviceKind: 'cpu',
  measuredUnixMs: Date.UTC(2026, 10, 14),
  spec: gemmSpec([32]),
  points: [POINTS[0]],
};

describe('the results', () => {
  function Shown(given: Partial<ResultsProps>) {
    const [state, setState] = useState<Pick<ResultsProps, 'tab' | 'pickedIndex' | 'baselineIds'>>({
      tab: 'map',
      pickedIndex: undefined,
      baselineIds: [],
    });
    return (
      <Results
        experiment={experimentOf({ deviceKind: 'cpu', device: 'EPYC' })}
        phase="done"
        points={POINTS}
        notices={[]}
        computeCapability={undefined}
        resources={undefined}
        resourceFailure={undefined}
        baselines={[
          BASELINE,
          { ...BASELINE, id: 'b', name: 'of copies', spec: { ...gemmSpec([1]), kind: 'copy' } as never },
        ]}
        suggestedName="GEMM"
        measureId={undefined}
        onTab={(tab) => setState((before) => ({ ...before, tab }))}
        onMeasure={() => {}}
        onPick={(pickedIndex) => setState((before) => ({ ...before, pickedIndex }))}
        onChooseBaselines={(baselineIds) => setState((before) => ({ ...before, baselineIds }))}
        onPin={(name) => happened.push(`pin ${name}`)}
        onRemoveBaseline={(id) => happened.push(`remove ${id}`)}
        onShowOnTimeline={({ index }) => happened.push(`timeline ${index}`)}
        onSavePng={() => {}}
        onSaveCsv={(name) => happened.push(`save ${name}`)}
        onExport={() => happened.push('export')}
        {...state}
        {...given}
      />
    );
  }

  test('a processor is called one; arrow keys go from cell to cell; the picked point goes to the timeline', () => {
    render(<Shown />);
    expect(screen.getByTestId('laboratory-device-words').textContent).toBe('EPYC [CPU]');
    const map = within(screen.getByTestId('laboratory-map')).getByRole('img');
    expect(map.getAttribute('aria-label')).toContain('Heat map of 3 points, 2 series at 2 sizes');
    const title = () => within(screen.getByTestId('laboratory-details')).getByRole('heading').textContent;
    fireEvent.keyDown(map, { key: 'ArrowRight' });
    expect(title()).toBe('tile_16 · 32 × 32 × 32');
    fireEvent.keyDown(map, { key: 'ArrowRight' });
    expect(title()).toBe('tile_16 · 64 × 64 × 64');
    fireEvent.keyDown(map, { key: 'ArrowDown' }); // there is no point below
    expect(title()).toBe('tile_16 · 64 × 64 × 64');
    fireEvent.click(screen.getByTestId('laboratory-show-on-timeline'));
    expect(happened).toEqual(['timeline 1']);
  });

  test('a baseline of the same kind is chosen, compared with and removed', () => {
    render(<Shown />);
    expect(screen.getAllByTestId('laboratory-baseline').length).toBe(1);
    expect(screen.getByTestId('laboratory-baseline').textContent).toContain('EPYC [CPU] · orin · 2026-11-14');
    fireEvent.click(screen.getByRole('checkbox', { name: /last week/ }));
    fireEvent.click(screen.getByRole('tab', { name: 'Points' }));
    screen.getByText('Δ last week (%)');
    fireEvent.change(screen.getByTestId('laboratory-baseline-name'), { target: { value: 'now' } });
    fireEvent.submit(screen.getByTestId('laboratory-baseline-name'));
    fireEvent.click(screen.getByRole('button', { name: 'Remove the baseline last week' }));
    expect(happened).toEqual(['pin now', 'remove a']);
  });

  test('each view that has nothing says what would fill it', () => {
    render(<Shown points={[]} phase="running" experiment={experimentOf({ state: 'progress', deviceKind: 'cpu' })} />);
    const words = (tab: string) => {
      fireEvent.click(screen.getByRole('tab', { name: tab }));
      return screen.getByTestId('empty-state').textContent;
    };
    expect(words('Map')).toContain('They appear here one by one');
    expect(words('Occupancy')).toContain('A processor [CPU] has none');
    expect(words('Roofline')).toContain('operations and their bytes');
    expect(words('What if')).toContain('Run an experiment');
    expect(words('Points')).toContain('They appear here');
  });

  test('what the compiler said stands with its line of the source', () => {
    const spec = { kind: 'kernel', source: 'a\nb\nc = cuont;', fileName: 'my.cu', blockSizes: [64] } as never;
    const sentence = 'The kernel does not compile: my.cu:3: identifier "cuont" is undefined';
    render(<Shown points={[]} phase="failed" experiment={experimentOf({ state: 'failed', spec, sentence })} />);
    const said = within(screen.getByTestId('compile-errors'));
    said.getByText('my.cu does not compile');
    said.getByText('Line 3, error:');
    said.getByText('c = cuont;');
  });

  test('another failure, and what the runner noticed, are said with their remedies', () => {
    const experiment = experimentOf({ state: 'failed', sentence: 'There is no GPU.', remedy: 'Choose CPU.' });
    render(
      <Shown phase="failed" experiment={experiment} notices={[{ sentence: 'No cuBLAS.', remedy: 'Install it.' }]} />,
    );
    expect(screen.getByRole('alert').textContent).toBe('There is no GPU. Choose CPU.');
    screen.getByText('Install it.');
  });
});

describe('the verbs', () => {
  function bed(answers: Record<string, unknown>) {
    const asked: [string, unknown][] = [];
    const store = createAppStore('dark', 'default');
    const bridge = { openText: async () => ({ fileName: 'my.cu', text: 'source' }) };
    const actions = new Actions(store, bridge as never);
    const request = async (name: string, params: unknown) => {
      asked.push([name, params]);
      const answer = answers[name];
      if (answer instanceof Error) throw answer;
      return answer;
    };
    Object.defineProperty(actions, 'request', { value: request });
    const description = { kind: 'live', hostName: 'orin', epochUnixMs: 0 };
    const session = {
      key: 3,
      laboratory: createLaboratoryStore(),
      choices: createSessionStore(),
      facts: createStore(() => ({ description, targets: [] })),
    } as unknown as OpenSession;
    return { actions, store, session, asked };
  }

  test('run sends what the form describes, and shows what it started', async () => {
    const { actions, session, asked } = bed({ 'session/experiment': { targetId: 4, pid: 99, experiment: 1234 } });
    session.laboratory.setState({ draft: { ...FIRST_DRAFT, sizes: '32 64', variants: 'tile_16', device: 'cpu' } });
    await act(() => actions.laboratory.run(session));
    const spec = {
      kind: 'gemm',
      sizes: [32, 64],
      variants: ['tile_16'],
      precision: 'fp32',
      sampleCount: 50,
      measureCold: true,
      readCounters: false,
    };
    expect(asked).toEqual([['session/experiment', { session: 3, spec, device: 'cpu' }]]);
    expect(session.laboratory.getState()).toMatchObject({ chosen: 1234, isStarting: false });
    expect(session.facts.getState().targets).toMatchObject([{ targetId: 4, experiment: 1234 }]);
  });

  test('a form with a mistake asks for nothing; a refusal becomes a notice', async () => {
    const { actions, store, session, asked } = bed({
      'session/experiment': failure('noRunner', 'The runner is not built.', 'Build it.'),
    });
    session.laboratory.setState({ draft: { ...FIRST_DRAFT, sizes: 'many' } });
    await actions.laboratory.run(session);
    expect(asked).toEqual([]);
    session.laboratory.setState({ draft: FIRST_DRAFT });
    await actions.laboratory.run(session);
    expect(store.getState().notices.map(({ sentence }) => sentence)).toEqual(['The runner is not built.']);
    expect(session.laboratory.getState()).toMatchObject({ chosen: undefined, isStarting: false });
  });

  test('cancel ends the program that measures what is shown', async () => {
    const { actions, store, session } = bed({});
    const stop = vi.spyOn(actions, 'stop').mockResolvedValue();
    await actions.laboratory.cancel(session);
    expect(stop).not.toHaveBeenCalled();
    expect(store.getState().notices.length).toBe(1);
    const target = { pid: 1, title: '', kinds: [], exited: undefined };
    session.facts.setState({
      targets: [
        { ...target, targetId: 8, experiment: 80 },
        { ...target, targetId: 9, experiment: 90 },
        { ...target, targetId: 10 },
      ],
    });
    session.laboratory.setState({ chosen: 80 });
    await actions.laboratory.cancel(session);
    session.laboratory.setState({ chosen: undefined });
    await actions.laboratory.cancel(session);
    expect(stop.mock.calls.map(([, targetId, signal]) => [targetId, signal])).toEqual([
      [8, 'SIGTERM'],
      [9, 'SIGTERM'],
    ]);
  });

  test('a page that was loaded again knows which program measures what', () => {
    const { session } = bed({});
    const known = { targetId: 5, pid: 6, command: '/usr/bin/node', kinds: [], exited: undefined };
    const args = ['runner.js', 'experiment', '--spec', '{}', '--experiment', '77', '--device', 'cpu'];
    noteTargets(session, [
      { ...known, args },
      { ...known, targetId: 7, args: ['infer.js'] },
    ] as never);
    expect(session.facts.getState().targets).toMatchObject([
      { targetId: 5, title: 'Experiment', experiment: 77 },
      { targetId: 7, title: 'node infer.js', experiment: undefined },
    ]);
  });

  test('a .cu file comes into the form; a point is shown on the timeline', async () => {
    const { actions, session } = bed({});
    await actions.laboratory.openSource(session);
    expect(session.laboratory.getState().draft).toMatchObject({ kind: 'kernel', source: 'source', fileName: 'my.cu' });
    actions.laboratory.showOnTimeline(session, gemmPoint(0, 'tile_16', 32, 1, { kernel: 'gemm_tile<16> [CPU]' }));
    expect(session.choices.getState()).toMatchObject({
      isFollowing: false,
      view: { fromNs: 1000, toNs: 2000 },
      nameFilter: 'gemm_tile<16>',
    });
  });
});
