// The application menu. Each entry is a command of the page; the page does what it means.

import { type BrowserWindow, Menu, type MenuItemConstructorOptions } from 'electron';
import type { AppCommand } from '../../shared/window/bridge';

/** Sets the menu; `send` gives a command to the page. */
export function setMenu(send: (command: AppCommand) => void, window: () => BrowserWindow | undefined): void {
  const command = (label: string, id: string, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    accelerator,
    // The page has the same keys and acts on them itself, so that one press is one command.
    registerAccelerator: false,
    click: () => send({ kind: 'command', id }),
  });
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  const template: MenuItemConstructorOptions[] = [
    {
      label: '&File',
      submenu: [
        command('Open…', 'file.open', 'CmdOrCtrl+O'),
        command('Connect…', 'file.connect', 'CmdOrCtrl+Shift+O'),
        separator,
        command('Save', 'file.save', 'CmdOrCtrl+S'),
        command('Close', 'file.close', 'CmdOrCtrl+W'),
        separator,
        command('Export as Chrome trace…', 'export.chrome'),
        command('Export as speedscope…', 'export.speedscope'),
        command('Export as Parquet…', 'export.parquet'),
        command('Export as CSV…', 'export.csv'),
        separator,
        { role: 'quit' },
      ],
    },
    {
      label: '&Edit',
      submenu: [
        command('Undo view change', 'view.undo', 'CmdOrCtrl+Z'),
        command('Redo view change', 'view.redo', 'CmdOrCtrl+Shift+Z'),
        separator,
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'selectAll' },
      ],
    },
    {
      label: '&Laboratory',
      submenu: [
        command('Show', 'panel.laboratory'),
        separator,
        command('Run the experiment', 'laboratory.run', 'CmdOrCtrl+Shift+E'),
        command('Cancel the experiment', 'laboratory.cancel'),
        separator,
        command('Export the points as CSV…', 'laboratory.csv'),
      ],
    },
    {
      label: '&Scheduler',
      submenu: [
        command('Show', 'panel.scheduler'),
        separator,
        command('Run the workload', 'scheduler.run'),
        command('Stop the workload', 'scheduler.stop'),
      ],
    },
    {
      label: '&View',
      submenu: [
        command('Command palette', 'palette.open', 'CmdOrCtrl+Shift+P'),
        command('Keys', 'keys.show', '?'),
        separator,
        command('Light or dark', 'view.theme'),
        command('Colour-blind palette', 'view.palette'),
        command('Reset the layout', 'view.reset-layout'),
        separator,
        { role: 'togglefullscreen' },
        {
          label: 'Developer tools',
          accelerator: 'F12',
          click: () => window()?.webContents.toggleDevTools(),
        },
      ],
    },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
