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
    if (reason !== 'clean-exit') opened.webContents.reload();
  });
  const first = commandOf(process.argv, existsSync);
  if (first) opened.webContents.once('did-finish-load', () => send(first));
}

if (!app.requestSingleInstanceLock() && !process.env.HOOKANALYZER_MANY) app.quit();
app.on('second-instance', (_event, argv) => {
  if (window?.isMinimized()) window.restore();
  window?.focus();
  const command = commandOf(argv, existsSync);
  if (command) send(command);
});
app.on('window-all-closed', () => app.quit());
app.on('before-quit', (event) => {
  if (isQuitting || !host) return;
  event.preventDefault();
  isQuitting = true;
  void host.stop(mayDiscard).finally(() => app.quit());
});
void app.whenReady().then(() => {
  host = startHost();
  setMenu(send, () => window);
  answerBridge(() => window, state, sendHostPort);
  open();
});
