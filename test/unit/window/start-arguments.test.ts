import { expect, test } from 'vitest';
import { commandOf } from '../../../app/main/start-arguments';

const of = (...words: string[]) => commandOf(['/bin/electron', '/app', ...words], (path) => path === '/tmp/there');

test('what the words ask the window to do', () => {
  expect(of()).toBeUndefined();
  expect(of('--inspect', 'x.hka')).toBeUndefined(); // Chromium's own words stand in front of ours
  expect(of('--hookanalyzer')).toBeUndefined();
  expect(of('--hookanalyzer', '--demo')).toEqual({ kind: 'demo' });
  expect(of('--hookanalyzer', 'run.hka')).toEqual({ kind: 'open-file', path: 'run.hka' });
  expect(of('--hookanalyzer', '/tmp/there')).toEqual({ kind: 'open-file', path: '/tmp/there' });
  expect(of('--hookanalyzer', 'nvidia@orin')).toEqual({ kind: 'connect', target: 'nvidia@orin' });
});
