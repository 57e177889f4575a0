// The real window under a virtual display, driven like a person would. Without a display or a runtime the tests skip with one line;
// under CI they must run.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { ensureElectron, findElectron } from '../../app/cli/electron-runtime';
import { ensureBuilt } from '../integration/build';
import { ensureNativeBuilt } from '../integration/native-built';
import { root } from '../root';

const PICTURES = join(root, 'out', 'e2e');

export interface OpenApp {
  readonly app: ElectronApplication;
  readonly page: Page;
  /** The person's home folder: ~/.ssh lies in it. */
  readonly home: string;
  /** The dialogs answer with these paths from now on. */
  answerDialogs(paths: { readonly open?: string; readonly save?: string }): Promise<void>;
  /** A picture of the window in out/e2e. */
  picture(name: string): Promise<void>;
  close(): Promise<void>;
}

let display: { readonly name: string; readonly child: ChildProcess | undefined } | undefined;

function hasXvfb(): boolean {
  return spawnSync('Xvfb', ['-help'], { stdio: 'ignore' }).error === undefined;
}

/** Why the window cannot be driven here, or undefined. Under CI a missing part is no reason to skip. */
export function whyNoWindow(): string | undefined {
  if (process.env.CI === 'true') return undefined;
  if (process.platform !== 'linux') return 'the window is driven on Linux only';
  if (!process.env.DISPLAY && !hasXvfb()) return 'there is no display and no Xvfb';
  return findElectron(root) ? undefined : 'there is no Electron runtime: run npm start once';
}

async function ensureDisplay(): Promise<string> {
  if (display) return display.name;
  const child = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  process.once('exit', () => child.kill());
  const number = await new Promise<string>((done, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error('Xvfb ended at once')));
    child.stdio[3]?.once('data', (bytes: Buffer) => done(bytes.toString().trim()));
  });
  display = { name: `:${number}`, child };
  return display.name;
}

/** Ends the virtual display. Call once, when all is over. */
export function closeDisplay(): void {
  display?.child?.kill();
  display = undefined;
}

/** Starts the window with these words of `hookanalyzer open`. The caller closes it. */
export async function openApp(words: readonly string[] = [], home?: string): Promise<OpenApp> {
  await ensureBuilt();
  ensureNativeBuilt();
  const executablePath = ensureElectron(root, (sentence) => process.stderr.write(`${sentence}\n`));
  const folder = mkdtempSync(join(tmpdir(), 'hka-window-'));
  const ownHome = home ?? join(folder, 'home');
  mkdirSync(join(ownHome, '.ssh'), { recursive: true });
  mkdirSync(PICTURES, { recursive: true });
  const { ELECTRON_RUN_AS_NODE: _no, SSH_AUTH_SOCK: _agent, ...env } = process.env;
  const app = await _electron.launch({
    executablePath,
    args: ['--no-sandbox', `--user-data-dir=${join(folder, 'data')}`, root, '--hookanalyzer', ...words],
    env: { ...env, DISPLAY: await ensureDisplay(), HOME: ownHome } as Record<string, string>,
    timeout: 60_000,
  });
  const page = await app.firstWindow();
  page.on('pageerror', (error) => process.stderr.write(`window: ${error.stack}\n`));
  await page.getByText('HookAnalyzer').or(page.getByTestId('session-view')).first().waitFor();
  return {
    app,
    page,
    home: ownHome,
    answerDialogs: (paths) =>
      app.evaluate(({ dialog }, { open, save }) => {
        const opened = { canceled: open === undefined, filePaths: open === undefined ? [] : [open] };
        const saved = { canceled: save === undefined, filePath: save ?? '' };
        dialog.showOpenDialog = async () => opened;
        dialog.showSaveDialog = async () => saved;
        dialog.showMessageBoxSync = () => 1; // close without saving
      }, paths),
    picture: async (name) => {
      await page.screenshot({ path: join(PICTURES, `${name}.png`) });
    },
    close: async () => {
      await app.evaluate(({ dialog }) => {
        dialog.showMessageBoxSync = () => 1;
      });
      await app.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
