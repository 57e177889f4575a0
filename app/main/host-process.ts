// The host's process: started with the window, started again when it dies. Owns the process, knows nothing of what it does.

import { type MessagePortMain, type UtilityProcess, utilityProcess } from 'electron';

export interface HostProcessOptions {
  readonly modulePath: string;
  readonly env: Readonly<Record<string, string>>;
  /** The host ended by itself; a new one is being started. */
  readonly onRestarted: (reason: string) => void;
  /** It died again and again: no new one is started. */
  readonly onGivenUp: (reason: string) => void;
}

/** So many deaths within so long are a fault that another start does not mend. */
const DEATHS_MAX = 5;
const DEATHS_WITHIN_MS = 60_000;

export class HostProcess {
  private child: UtilityProcess | undefined;
  private readonly deathsMs: number[] = [];
  private isStopping = false;

  constructor(private readonly options: HostProcessOptions) {
    this.start();
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Gives the host one end of a window's port. */
  attach(port: MessagePortMain): void {
    this.child?.postMessage({ kind: 'window-port' }, [port]);
  }

  /** Asks the host to end, so that it closes its files, and waits for it. `mayDiscard`: recordings that nobody saved are removed. */
  async stop(mayDiscard: boolean): Promise<void> {
    this.isStopping = true;
    const { child } = this;
    if (!child) return;
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
    });
    child.postMessage({ kind: 'stop', mayDiscard });
    const timer = setTimeout(() => child.kill(), 12_000); // a probe's targets get 3 s to end, and the probe itself some more
    await ended;
    clearTimeout(timer);
  }

  private start(): void {
    const child = utilityProcess.fork(this.options.modulePath, [], {
      serviceName: 'HookAnalyzer host',
      stdio: 'inherit',
      env: { ...process.env, ...this.options.env },
    });
    this.child = child;
    child.once('exit', (code) => this.onExit(`it ended with code ${code}`));
  }

  private onExit(reason: string): void {
    this.child = undefined;
    if (this.isStopping) return;
    const nowMs = Date.now();
    this.deathsMs.push(nowMs);
    if (this.deathsMs.filter((each) => nowMs - each < DEATHS_WITHIN_MS).length > DEATHS_MAX) {
      this.options.onGivenUp(reason);
      return;
    }
    this.start();
    this.options.onRestarted(reason);
  }
}
