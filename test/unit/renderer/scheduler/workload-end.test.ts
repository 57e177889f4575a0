// Why a workload ended before it was done.

import { expect, test } from 'vitest';
import { workloadEnd } from '../../../../app/renderer/model/scheduler/workload-end';

const ended = (exitCode: number, signal?: string) => ({
  title: 'Workload: mine',
  isWorkload: true,
  exited: { exitCode, signal },
});

test('its last line on stderr says which failure it was', () => {
  const output = [
    { stream: 'stderr', text: 'first\nThe file yolo.onnx is ' },
    { stream: 'stdout', text: 'figures\n' },
    { stream: 'stderr', text: 'missing.\n\n' },
  ] as const;
  expect(workloadEnd([ended(1)], output)?.sentence).toBe(
    '“Workload: mine” ended with exit code 1: The file yolo.onnx is missing.',
  );
  expect(workloadEnd([ended(-1, 'SIGSEGV')], [])?.sentence).toBe('“Workload: mine” ended by SIGSEGV.');
});

test('one that is done, was stopped, or runs is no failure; nor is another program, nor one before the newest', () => {
  const runs = { title: 'Workload: next', isWorkload: true, exited: undefined };
  const other = { title: 'python3', exited: { exitCode: 2 } };
  for (const targets of [[], [ended(0)], [ended(-1, 'SIGTERM')], [other], [ended(1), runs]]) {
    expect(workloadEnd(targets, [])).toBe(undefined);
  }
});
