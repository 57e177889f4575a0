// Gives the page its AppBridge, and nothing else of Electron.

import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { type AppBridge, type AppCommand, HOST_PORT_MESSAGE } from '../../shared/window/bridge';

// Commands that came before the page listened.
const early: AppCommand[] = [];
const listeners = new Set<(command: AppCommand) => void>();

ipcRenderer.on('command', (_event, command: AppCommand) => {
  if (listeners.size === 0) early.push(command);
  for (const listener of listeners) listener(command);
});

// A port cannot cross the context bridge; a message to the page's own window can carry it.
ipcRenderer.on('host-port', (event) => window.postMessage(HOST_PORT_MESSAGE, '*', [...event.ports]));

// Electron puts words about itself before the sentence of an error.
async function invoke(channel: string, ...args: unknown[]) {
  try {
    return await ipcRenderer.invoke(channel, ...args);
  } catch (error) {
    throw new Error(
      String((error as Error).message).replace(/^Error invoking remote method '[^']*': (?:\w*Error: )?/, ''),
    );
  }
}

const bridge: AppBridge = {
  requestHostPort: () => ipcRenderer.send('request-host-port'),
  chooseFileToOpen: (filters) => ipcRenderer.invoke('choose-file-to-open', filters),
  chooseFileToSave: (suggestedName, filters) => ipcRenderer.invoke('choose-file-to-save', suggestedName, filters),
  openText: (filters, bytesMax) => invoke('open-text', filters, bytesMax),
  // Older runtimes put the path on the file itself.
  pathOfFile: (file) => webUtils?.getPathForFile(file) ?? (file as File & { path?: string }).path ?? '',
  writeText: (path, text) => invoke('write-text', path, text),
  writeBytes: (path, bytes) => invoke('write-bytes', path, bytes),
  copyText: (text) => ipcRenderer.send('copy-text', text),
  setUnsaved: (titles) => ipcRenderer.send('set-unsaved', titles),
  onCommand: (listener) => {
    listeners.add(listener);
    for (const command of early.splice(0)) listener(command);
    return () => listeners.delete(listener);
  },
};

contextBridge.exposeInMainWorld('hookanalyzer', bridge);
