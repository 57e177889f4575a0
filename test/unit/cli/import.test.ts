// The words of `hookanalyzer import`.

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runCommand } from '../../../app/cli/main';
import { root } from '../../root';

const folder = mkdtempSync(join(tmpdir(), 'hka-import-verb-'));
afterAll(() => rmSync(folder, { recursive: true }));
const fixture = (name: string) => join(root, 'test', 'fixtures', 'trtexec', name);

async function command(...words: string[]): Promise<{ code: number; said: string }> {
  let said = '';
  const say = (text: string) => {
    said += text;
  };
  const code = await runCommand(['import', ...words], { out: say, err: say, isInteractive: false, verbose: false });
  return { code, said };
}

test('says what it wrote, and what stands for what in its help', async () => {
  const output = join(folder, 'engine.hka');
  const files = ['profile-10.json', 'times-10.json'].map(fixture);
  expect(await command(...files, '-o', output, '--precision', 'fp16')).toEqual({
    code: 0,
    said: `hookanalyzer: wrote ${output}: 1 engine, 3 layers, 0 values between them, 2 runs\n`,
  });
  expect(existsSync(output)).toBe(true);
  expect((await command('--help')).said).toContain('a batch is the compute time of one run');
});

test.each([
  [['--batch', '0', fixture('profile-10.json')], 2, /--batch/],
  [[], 2, /hookanalyzer import --help/],
  [['nowhere.json'], 1, /There is no file nowhere\.json/],
])('%o: one sentence and an exit code', async (words, exitCode, sentence) => {
  const { code, said } = await command(...words);
  expect([code, said]).toEqual([exitCode, expect.stringMatching(sentence)]);
  expect(said.trim().split('\n')).toHaveLength(1);
});

test('a foreign file is named', async () => {
  const path = join(folder, 'foreign.json');
  writeFileSync(path, '[1, 2]');
  expect(await command(path, '-o', join(folder, 'x.hka'))).toEqual({
    code: 1,
    said: expect.stringContaining(`${path} is a list of neither layers nor runs`),
  });
});
