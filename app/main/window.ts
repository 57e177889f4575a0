// The one window: made so that the page can reach nothing but its bridge.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BrowserWindow, shell } from 'electron';

export interface WindowPlaces {
  /** The folder out/. */
  readonly out: string;
}

const BACKGROUND = '#14161a';

/** Opens the window on the page. Navigation and new windows are refused; links to the web open in the person's own browser. */
export function openWindow({ out }: WindowPlaces): BrowserWindow {
  const window = new BrowserWindow({
    width: 1480,
    height: 940,
    minWidth: 720,
    minHeight: 480,
    show: false,
    title: 'HookAnalyzer',
    backgroundColor: BACKGROUND,
    webPreferences: {
      preload: join(out, 'preload', 'index.js'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
      // A profiler beside the program it watches must go on drawing when it is not in front.
      backgroundThrottling: false,
    },
  });
  const page = join(out, 'renderer', 'index.html');
  const { webContents } = window;
  webContents.setWindowOpenHandler(({ url }) => {
    if (url.startsWith('https://')) void shell.openExternal(url);
    return { action: 'deny' };
  });
  webContents.on('will-navigate', (event, url) => {
    if (url !== pathToFileURL(page).href) event.preventDefault();
  });
  webContents.on('will-attach-webview', (event) => event.preventDefault());
  webContents.session.setPermissionRequestHandler((_contents, permission, answer) =>
    answer(permission === 'clipboard-sanitized-write'),
  );
  window.once('ready-to-show', () => window.show());
  void window.loadFile(page);
  return window;
}
