import type { Check } from './check-bench';

const CLOCK_BYTES = 8;

/** The beat arrives, and nothing behind it is written. */
export function heartbeatChecks(): Check[] {
  return [
    {
      label: 'heartbeat',
      kernel: 'heartbeat',
      options: { beat: 1234567 },
      inputs: {},
      output: ['stamp', 1],
      isInt32: true,
      workspaces: { clockNs: CLOCK_BYTES },
    },
  ];
}
