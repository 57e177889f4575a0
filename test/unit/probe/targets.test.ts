import { expect, test } from 'vitest';
import { parseCommand } from '../../../probe/daemon/command-line';
import { deriveEnvironment } from '../../../probe/targets/environment';
import { cutText } from '../../../probe/targets/output';

const probe = { socketPath: '/s', collectorPath: '/proc/self/exe', targetId: 4 };

test('the environment: the probe’s own, the user’s on top, a null removes', () => {
  const { variables, notices } = deriveEnvironment(
    { PATH: '/bin', HOME: '/root', GONE: 'x' },
    { env: { HOME: '/users/me', GONE: null, NEW: '' }, kinds: ['kernel'] },
    probe,
  );
  expect(variables).toEqual({
    PATH: '/bin',
    HOME: '/users/me',
    NEW: '',
    CUDA_INJECTION64_PATH: '/proc/self/exe',
    NVTX_INJECTION64_PATH: '/proc/self/exe',
    HOOKANALYZER_SOCKET: '/s',
    HOOKANALYZER_TARGET: '4',
  });
  expect(notices).toEqual([]);
});

test('nothing to trace and no collector is no reason for a warning', () => {
  const none = { ...probe, collectorPath: undefined };
  expect(deriveEnvironment({}, { kinds: [] }, none).notices).toEqual([]);
  expect(deriveEnvironment({}, { kinds: ['nvtx'] }, none).notices.map(({ code }) => code)).toEqual([
    'collectorMissing',
  ]);
});

test.each([
  ['', 8, []],
  ['abc', 8, [3]],
  ['abcdefgh', 8, [8]],
  ['abcdefghi', 8, [8, 9]],
  ['abcdefgü', 8, [7, 9]],
  ['🚀🚀🚀', 6, [4, 8, 12]],
])('"%s" in pieces of at most %i bytes ends at %j', (text, bytesMax, ends) => {
  expect(cutText(new TextEncoder().encode(text), bytesMax)).toEqual(ends);
});

test('the command line: defaults below the home folder, relative paths made absolute', () => {
  expect(parseCommand(['serve'], '/users/me')).toEqual({
    options: {
      socketPath: '/users/me/.hookanalyzer/probe.sock',
      spoolFolder: '/users/me/.hookanalyzer/spool',
      collectorPath: undefined,
      ringBytes: undefined,
    },
    endsWithParent: false,
  });
  expect(parseCommand(['serve', '--socket', 'x.sock', '--exit-with-parent'], '/')).toMatchObject({
    options: { socketPath: `${process.cwd()}/x.sock` },
    endsWithParent: true,
  });
  expect(() => parseCommand([], '/')).toThrow('serve');
});
