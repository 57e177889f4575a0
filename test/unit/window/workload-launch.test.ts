// A workload as a launch.

import { describe, expect, test } from 'vitest';
import { SPEC_BYTES_MAX, workloadLaunch } from '../../../app/host/runner-launch';

const PLACE = { nodePath: '/v/node', runnerPath: '/v/runner.js', addonPath: '/v/a.node', hasCollector: true };

describe('a launch', () => {
  test('a preset with what was chosen', () => {
    const choice = {
      workload: { preset: 'overload' },
      policy: 'edf',
      seconds: 5,
      device: 'cpu',
    } as const;
    const { command, args } = workloadLaunch(PLACE, choice);
    expect([command, ...args].join(' ')).toBe(
      '/v/node /v/runner.js workload --preset overload --policy edf --seconds 5 --device cpu --addon /v/a.node',
    );
  });

  test('a text as one argument; one that is too long is refused', () => {
    const { args } = workloadLaunch(PLACE, { workload: { text: 'models: []\n' }, device: 'auto' });
    expect(args.slice(1, 6)).toEqual(['workload', '--text', 'models: []\n', '--device', 'auto']);
    const text = 'x'.repeat(SPEC_BYTES_MAX + 1);
    expect(() => workloadLaunch(PLACE, { workload: { text }, device: 'auto' })).toThrow(/longer than/);
  });
});
