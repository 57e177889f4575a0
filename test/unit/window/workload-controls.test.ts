// A workload as a launch, and the file through which it is changed while it runs.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SPEC_BYTES_MAX, workloadLaunch } from '../../../app/host/runner-launch';
import { WorkloadControls } from '../../../app/host/window/workload-controls';
import { workloadChange } from '../../../shared/rpc/workload-control';

const PLACE = { nodePath: '/v/node', runnerPath: '/v/runner.js', addonPath: '/v/a.node', hasCollector: true };

describe('a launch', () => {
  test('a preset with what was chosen', () => {
    const choice = {
      workload: { preset: 'overload' },
      policy: 'edf',
      seconds: 5,
      device: 'cpu',
      controlPath: '/c',
    } as const;
    const { command, args } = workloadLaunch(PLACE, choice);
    expect([command, ...args].join(' ')).toBe(
      '/v/node /v/runner.js workload --preset overload --policy edf --seconds 5 --control /c --device cpu --addon /v/a.node',
    );
  });

  test('a text as one argument; one that is too long is refused', () => {
    const { args } = workloadLaunch(PLACE, { workload: { text: 'models: []\n' }, device: 'auto' });
    expect(args.slice(1, 6)).toEqual(['workload', '--text', 'models: []\n', '--device', 'auto']);
    const text = 'x'.repeat(SPEC_BYTES_MAX + 1);
    expect(() => workloadLaunch(PLACE, { workload: { text }, device: 'auto' })).toThrow(/longer than/);
  });
});

describe('the control file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hka-controls-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('takes a line a change, and is gone with its session', () => {
    const controls = new WorkloadControls(folder);
    const path = controls.create(1);
    const other = controls.create(2);
    controls.bind(1, 7, path);
    controls.write(1, 7, { kind: 'policy', policy: 'fifo' });
    controls.write(1, 7, { kind: 'traffic', model: 'detect', weights: { '1': 9, '2': 1 } });
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => workloadChange.parse(JSON.parse(line)).kind)).toEqual(['policy', 'traffic']);
    controls.end(1);
    expect([existsSync(path), existsSync(other)]).toEqual([false, true]);
  });

  test('only what was started as a workload is changed', () => {
    const controls = new WorkloadControls(folder);
    controls.bind(1, 7, controls.create(1));
    const change = { kind: 'roll-back', model: 'detect' } as const;
    expect(() => controls.write(1, 8, change)).toThrow(/was not started as a workload/);
    expect(() => controls.write(2, 7, change)).toThrow(/was not started as a workload/);
  });
});
