// The other end of the preload's bridge: dialogs, files and the clipboard. Only calls from the window's own page are answered.

import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { type BrowserWindow, clipboard, dialog, type FileFilter, type IpcMainEvent, ipcMain } from 'electron';
import { readShortText } from './read-short-text';

export interface BridgeState {
  /** Titles of the sessions that closing the window would lose. */
  unsavedTitles: readonly string[];
}

/** Answers the bridge of this window's page. Channels are those of app/preload/index.ts. */
export function answerBridge(
  window: () => BrowserWindow | undefined,
  state: BridgeState,
  sendHostPort: () => void,
): void {
  const isOurs = (event: { senderFrame: IpcMainEvent['senderFrame'] }) =>
    event.senderFrame === window()?.webContents.mainFrame;
  const on = (channel: string, act: (...args: never[]) => void) =>
    ipcMain.on(channel, (event, ...args) => {
      if (isOurs(event)) act(...(args as never[]));
    });
  const handle = (channel: string, answer: (owner: BrowserWindow, ...args: never[]) => unknown) =>
    ipcMain.handle(channel, (event, ...args) => {
      const owner = window();
      if (!isOurs(event) || !owner) throw new Error('refused');
      return answer(owner, ...(args as never[]));
    });

  on('request-host-port', sendHostPort);
  on('copy-text', (text: string) => clipboard.writeText(String(text)));
  on('set-unsaved', (titles: readonly string[]) => {
    state.unsavedTitles = titles.map(String);
  });
  handle('choose-file-to-open', async (owner, filters: FileFilter[]) => {
    const { canceled, filePaths } = await dialog.showOpenDialog(owner, { filters, properties: ['openFile'] });
    return canceled ? undefined : filePaths[0];
  });
  handle('choose-file-to-save', async (owner, defaultPath: string, filters: FileFilter[]) => {
    const { canceled, filePath } = await dialog.showSaveDialog(owner, { defaultPath, filters });
    return canceled ? undefined : filePath;
  });
  handle('open-text', async (owner, filters: FileFilter[], bytesMax: number) => {
    const { canceled, filePaths } = await dialog.showOpenDialog(owner, { filters, properties: ['openFile'] });
    if (canceled || filePaths[0] === undefined) return undefined;
    return { fileName: basename(filePaths[0]), text: await readShortText(filePaths[0], bytesMax) };
  });
  handle('write-text', (_owner, path: string, text: string) => writeFile(path, text));
  handle('write-bytes', (_owner, path: string, bytes: Uint8Array) => writeFile(path, bytes));
}
