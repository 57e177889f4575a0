// The first thing a person sees: where to measure, and what to look at.

import { useActions, useApp } from '../../context';
import { ConnectForm } from './connect-sheet';
import './start-page.css';
import { Button } from '../../widgets/button';

function fileName(path: string): string {
  return path.split('/').pop() ?? path;
}

function Board() {
  const actions = useActions();
  const hosts = useApp((state) => state.description?.hosts) ?? [];
  return (
    <section>
      <h2>A board, over SSH</h2>
      <ConnectForm />
      <p className="muted">The probe is installed in your home folder there; nothing needs root.</p>
      <ul>
        {hosts.slice(0, 8).map(({ name, target, source }) => (
          <li key={target}>
            <button type="button" onClick={() => void actions.connect(target)}>
              <span>{name}</span>
              <span className="muted">{source === 'history' ? 'last used' : '~/.ssh/config'}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function ThisMachine() {
  const actions = useActions();
  const capture = useApp((state) => state.description?.localCapture);
  return (
    <section>
      <h2>This machine</h2>
      <div className="row">
        <Button kind="primary" data-testid="start-demo" onClick={() => void actions.startDemo()}>
          Run the built-in workload
        </Button>
        <Button data-testid="start-local" onClick={() => void actions.connect(undefined)}>
          Run a program of mine
        </Button>
      </div>
      <p className="muted">
        The built-in workload needs no GPU: without one its kernels run on the CPU, and are labelled CPU.{' '}
        {capture && !capture.isReady && capture.sentence}
      </p>
    </section>
  );
}

function Files() {
  const actions = useActions();
  const recent = useApp((state) => state.description?.recentFiles) ?? [];
  const samplePath = useApp((state) => state.description?.samplePath);
  return (
    <section>
      <h2>A session file</h2>
      <div className="row">
        <Button data-testid="open-file" onClick={() => void actions.openFile()}>
          Open…
        </Button>
        {samplePath && (
          <Button data-testid="open-sample" onClick={() => void actions.openFile(samplePath)}>
            Open the sample: ResNet-18 on an H200
          </Button>
        )}
      </div>
      <ul>
        {recent.slice(0, 10).map(({ path, exists, isRecording }) => (
          <li key={path}>
            <button type="button" disabled={!exists} title={path} onClick={() => void actions.openFile(path)}>
              <span>{fileName(path)}</span>
              <span className="muted">
                {isRecording ? 'not saved' : exists ? path.slice(0, -fileName(path).length) : 'is gone'}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function StartPage() {
  const version = useApp((state) => state.description?.version);
  return (
    <div className="start" data-testid="start-page">
      <div>
        <header>
          <h1>HookAnalyzer</h1>
          <p className="muted">
            Any CUDA program, unchanged, on one live time axis. {version && `Version ${version}.`} Drop a .hka file
            anywhere to open it; Ctrl+Shift+P finds every command.
          </p>
        </header>
        <Board />
        <ThisMachine />
        <Files />
      </div>
    </div>
  );
}
