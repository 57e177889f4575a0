// The page: finds the bridge, connects to the host and draws the app. A page that is loaded again takes up the open sessions.

import { createRoot } from 'react-dom/client';
import './styles.css';
import { App } from './app';
import { findAppBridge, onHostPort } from './bridge/app-bridge';
import { HostClient } from './bridge/host-client';
import { runCommand } from './commands/commands';
import { ActionsContext } from './context';
import { Actions } from './state/actions';
import { createAppStore } from './state/app-store';
import { followPreferences, readPreferences } from './state/preferences';

const root = createRoot(document.getElementById('root') as HTMLElement);
const bridge = findAppBridge();

if (!bridge) {
  root.render(<p style={{ padding: 24 }}>HookAnalyzer runs as a program of its own: npm start.</p>);
} else {
  const { theme, palette } = readPreferences();
  const store = createAppStore(theme, palette);
  const actions = new Actions(store, bridge);
  followPreferences(store);
  let restartReason: string | undefined;
  let isReady: Promise<void> = Promise.resolve();
  onHostPort(bridge, (port) => {
    isReady = actions.takeHost(new HostClient(port)).then(async () => {
      const reason = restartReason;
      restartReason = undefined;
      if (reason !== undefined) await actions.reopenAfterRestart(reason);
    });
  });
  bridge.onCommand(async (command) => {
    if (command.kind === 'host-restarted') {
      restartReason = command.reason;
      bridge.requestHostPort();
      return;
    }
    await isReady;
    if (command.kind === 'open-file') await actions.openFile(command.path);
    else if (command.kind === 'connect') await actions.connect(command.target);
    else if (command.kind === 'demo') await actions.startDemo();
    else runCommand(actions, command.id);
  });
  root.render(
    <ActionsContext value={actions}>
      <App />
    </ActionsContext>,
  );
}
