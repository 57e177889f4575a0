// Electron's main process: one window, one host, a menu and dialogs. No domain logic.
//   hookanalyzer open [FILE.hka | USER@HOST | --demo]

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { app, type BrowserWindow, dialog, MessageChannelMain } from 'electron';
import type { AppCommand } from '../../shared/window/bridge';
import { answerBridge, type BridgeState } from './bridge-calls';
import { HostProcess } from './host-process';
import { setMenu } from './menu';
import { commandOf } from './start-arguments';
import { openWindow } from './window';

const out = dirname(__dirname);
const state: BridgeState = { unsavedTitles: [] };
let window: BrowserWindow | undefined;
let host: HostProcess | undefined;
let isQuitting = false;
/** A person said so; a recording that nobody saved is kept otherwise. */
let mayDiscard = false;
/** A page that dies again so soon is not simply loaded again. */
const PAGE_DEATHS_WITHIN_MS = 60_000;
let pageDiedAtMs = Number.NEGATIVE_INFINITY;

const send = (command: AppCommand) => window?.webContents.send('command', command);

function sendHostPort(): void {
  const { port1, port2 } = new MessageChannelMain();
  host?.attach(port1);
  window?.webContents.postMessage('host-port', undefined, [port2]);
}

function startHost(): HostProcess {
  return new HostProcess({
    modulePath: join(out, 'node', 'host.js'),
    env: { HOOKANALYZER_USER_DATA: app.getPath('userData'), HOOKANALYZER_VERSION: app.getVersion() },
    onRestarted: (reason) => send({ kind: 'host-restarted', reason }),
    onGivenUp: (reason) => {
      dialog.showErrorBox(
        'HookAnalyzer cannot go on',
        `The process that holds the sessions ended again and again: ${reason}. The recordings are on disk; start HookAnalyzer again and open them.`,
      );
      app.exit(1);
    },
  });
}

/** Whether the window may be closed: asks when sessions would be lost. */
function mayClose(owner: BrowserWindow): boolean {
  const { unsavedTitles } = state;
  if (unsavedTitles.length === 0) return true;
  const choice = dialog.showMessageBoxSync(owner, {
    type: 'warning',
    message: unsavedTitles.length === 1 ? 'A session is not saved.' : `${unsavedTitles.length} sessions are not saved.`,
    detail: `${unsavedTitles.join(', ')}. Closing the window throws them away.`,
    buttons: ['Keep open', 'Close without saving'],
    defaultId: 0,
    cancelId: 0,
  });
  mayDiscard = choice === 1;
  return mayDiscard;
}

// What the page held may be what it died of: the second time in a row a person decides.
function onPageGone(owner: BrowserWindow, reason: string): void {
  const nowMs = Date.now();
  const isAgain = nowMs - pageDiedAtMs < PAGE_DEATHS_WITHIN_MS;
  pageDiedAtMs = nowMs;
  if (isAgain) {
    const choice = dialog.showMessageBoxSync(owner, {
      type: 'error',
      message: 'The window failed twice.',
      detail: `It ended with: ${reason}. Recordings go on and are on disk.`,
      buttons: ['Quit', 'Load it again'],
      defaultId: 0,
      cancelId: 0,
    });
    if (choice === 0) {
      app.quit();
      return;
    }
  }
  owner.webContents.reload();
}

function open(): void {
  const opened = openWindow({ out });
  window = opened;
  opened.on('close', (event) => {
    if (!isQuitting && !mayClose(opened)) event.preventDefault();
  });
  opened.on('closed', () => {
    window = undefined;
  });
  opened.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason !== 'clean-exit') onPageGone(opened, reason);
  });
  const first = commandOf(process.argv, existsSync);
  if (first) opened.webContents.once('did-finish-load', () => send(first));
}

// Chromium changes the order of a second start's arguments, so what was asked goes along as data.
const isFirst = app.requestSingleInstanceLock({ command: commandOf(process.argv, existsSync) });
app.on('second-instance', (_event, _argv, _folder, data) => {
  if (window?.isMinimized()) window.restore();
  window?.focus();
  const { command } = (data ?? {}) as { command?: AppCommand };
  if (command) send(command);
});
app.on('window-all-closed', () => app.quit());
// However often somebody asks: the host closes its files first.
app.on('before-quit', (event) => {
  if (!host) return;
  event.preventDefault();
  if (isQuitting) return;
  isQuitting = true;
  void host.stop(mayDiscard).finally(() => {
    host = undefined;
    app.quit();
  });
});
if (!isFirst) app.exit(0);
void app.whenReady().then(() => {
  if (!isFirst) return;
  host = startHost();
  setMenu(send, () => window);
  answerBridge(() => window, state, sendHostPort);
  open();
});
