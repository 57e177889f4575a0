// The window: a bar with the open sessions, what is in front, and the status line.

import { useEffect } from 'react';
import './app.css';
import { COMMANDS, isTyping, keysOf, runCommand } from './commands/commands';
import { SessionContext, useActions, useApp } from './context';
import { Notices } from './notices';
import { Overlays } from './overlays';
import { StartPage } from './panels/start/start-page';
import { SessionTab } from './session-tab';
import { SessionView } from './session-view';
import { StatusBar } from './status-bar';
import { Button } from './widgets/button';

function useKeys(): void {
  const actions = useActions();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.repeat) return;
      const keys = keysOf(event);
      const isBare = !keys.includes('Ctrl') && !keys.includes('Alt');
      if (isBare && isTyping(event.target)) return;
      const command = COMMANDS.find((each) => each.keys === keys);
      // In a text field Ctrl+Z belongs to the text.
      if (!command || (isTyping(event.target) && command.id.startsWith('view.'))) return;
      event.preventDefault();
      runCommand(actions, command.id);
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [actions]);
}

function useDroppedFiles(): void {
  const actions = useActions();
  useEffect(() => {
    const onDragOver = (event: DragEvent) => {
      if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
    };
    const onDrop = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      for (const file of event.dataTransfer.files) void actions.openFile(actions.bridge.pathOfFile(file));
    };
    window.addEventListener('dragover', onDragOver);
    window.addEventListener('drop', onDrop);
    return () => {
      window.removeEventListener('dragover', onDragOver);
      window.removeEventListener('drop', onDrop);
    };
  }, [actions]);
}

export function App() {
  const actions = useActions();
  const sessions = useApp((state) => state.sessions);
  const activeKey = useApp((state) => state.activeKey);
  useKeys();
  useDroppedFiles();
  const active = sessions.find((each) => each.key === activeKey);
  return (
    <div className="app">
      <header className="app-bar">
        <Button
          kind={active !== undefined ? 'plain' : 'normal'}
          data-testid="start-tab"
          onClick={() => actions.activate(undefined)}
        >
          Start
        </Button>
        {sessions.map((session) => (
          <SessionTab key={session.key} session={session} isActive={session === active} />
        ))}
        <span className="spacer" />
        <Button kind="plain" title="Command palette (Ctrl+Shift+P)" onClick={() => runCommand(actions, 'palette.open')}>
          Commands
        </Button>
      </header>
      <main className="app-body">
        {!active && <StartPage />}
        {/* Sessions behind stay mounted: their timelines keep their place. */}
        {sessions.map((session) => (
          <SessionContext key={session.key} value={session}>
            <div hidden={session !== active} style={{ height: '100%' }}>
              <SessionView isActive={session === active} />
            </div>
          </SessionContext>
        ))}
        <Overlays />
        <Notices />
      </main>
      {active && (
        <SessionContext key={active.key} value={active}>
          <StatusBar />
        </SessionContext>
      )}
    </div>
  );
}
