import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { quoteWords } from '../../../app/host/deploy/remote-shell';
import { differenceOf, runningVersion } from '../../../app/host/deploy/start-probe';

test('a shell gives back the words that were quoted, whatever is in them', () => {
  const words = [
    'plain',
    '',
    "it's",
    '"double"',
    '$HOME `date` $(id)',
    'two\nlines',
    '*',
    '~',
    '-e',
    'a\\b',
    'ü!;&|<>',
  ];
  const command = `for word in ${quoteWords(words)}; do printf '%s\\0' "$word"; done`;
  const { stdout } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
  expect(stdout.split('\0').slice(0, -1)).toEqual(words);
});

const folder = '/users/nvidia/.hookanalyzer/versions/0.2.0-0123456789ab';
const installed = {
  version: '0.2.0-0123456789ab',
  folder,
  nodePath: '/usr/bin/node',
  probePath: `${folder}/out/node/probe.js`,
  collectorPath: `${folder}/out/native/lib/libhookcollector.so`,
};
const running = (programPath: string, collectorPath: string | undefined) => ({
  pid: 7,
  uid: 1000,
  programPath,
  description: { probeVersion: '0.1.0', collectorPath, runningTargetCount: 0 },
});

test('a running probe is called by its folder, or by its version and where it was started', () => {
  const other = '/users/nvidia/.hookanalyzer/versions/0.1.0-ffffffffffff/out/node/probe.js';
  expect(runningVersion(running(other, undefined))).toBe('0.1.0-ffffffffffff');
  expect(runningVersion(running('/opt/x/probe.js', undefined))).toBe('0.1.0 started from /opt/x/probe.js');
  expect(runningVersion({ ...running('', undefined), description: undefined })).toBe('of another format');
});

test('only the same program with the collector that is there is the one wanted', () => {
  expect(differenceOf(running(installed.probePath, installed.collectorPath), installed)).toBeUndefined();
  expect(
    differenceOf(running(installed.probePath, undefined), { ...installed, collectorPath: undefined }),
  ).toBeUndefined();
  expect(differenceOf(running(installed.probePath, undefined), installed)).toMatch(/before its collector was built/);
  expect(differenceOf(running('/opt/x/probe.js', installed.collectorPath), installed)).toBe(
    'A probe 0.1.0 started from /opt/x/probe.js runs on the board; this program brings 0.2.0-0123456789ab.',
  );
});
