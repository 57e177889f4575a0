// The window's verb where there can be no window, and the runtime that it looks for.

import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { findElectron } from '../../../app/cli/electron-runtime';
import { runCommand } from '../../../app/cli/main';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hka-open-'));
  vi.stubEnv('DISPLAY', '');
  vi.stubEnv('WAYLAND_DISPLAY', '');
  vi.stubEnv('ELECTRON_OVERRIDE_DIST_PATH', '');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

async function command(...words: string[]): Promise<{ code: number; said: string }> {
  let said = '';
  const say = (text: string) => {
    said += text;
  };
  const code = await runCommand(words, { out: say, err: say, isInteractive: false, verbose: false });
  return { code, said };
}

test('without a display it says so and names the command-line way', async () => {
  if (process.platform !== 'linux') return;
  const { code, said } = await command('open');
  expect(code).toBe(1);
  expect(said).toMatch(/There is no display here\..*hookanalyzer record/);
});

test('a file that is not there is named before anything is started', async () => {
  expect(await command('open', join(root, 'none.hka'))).toMatchObject({
    code: 1,
    said: expect.stringMatching(/There is no file .*none\.hka/),
  });
});

test('one word is the most', async () => {
  expect(await command('open', 'a', 'b')).toMatchObject({ code: 2 });
});

test('the runtime that is named comes before the one that is installed, and that before the fetched one', () => {
  const put = (...path: string[]) => {
    const folder = join(root, ...path);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'electron'), '');
    chmodSync(join(folder, 'electron'), 0o755);
    return folder;
  };
  expect(findElectron(root)).toBeUndefined();
  const fetched = put('out', 'electron');
  expect(findElectron(root)).toBe(join(fetched, 'electron'));
  const installed = put('node_modules', 'electron', 'dist');
  expect(findElectron(root)).toBe(join(installed, 'electron'));
  const named = put('elsewhere');
  vi.stubEnv('ELECTRON_OVERRIDE_DIST_PATH', named);
  expect(findElectron(root)).toBe(join(named, 'electron'));
});
