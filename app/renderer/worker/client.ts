// The window's side of a session's worker.

import type { AnswerOf, FeatureMethods, ParamsOf } from './feature';
import type { FromWorker, ToWorker } from './messages';

/** The parts of Worker that are used; tests give their own. */
export interface WorkerEnd {
  onmessage: ((event: MessageEvent<FromWorker>) => void) | null;
  postMessage(message: ToWorker, transfer?: Transferable[]): void;
  terminate(): void;
}

export interface Revision {
  readonly revision: number;
  readonly isComplete: boolean;
}

export class WorkerClient<M extends FeatureMethods> {
  private readonly waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  private readonly listeners = new Set<(revision: Revision) => void>();
  private lastId = 0;

  constructor(private readonly worker: WorkerEnd) {
    worker.onmessage = ({ data }) => this.onMessage(data);
  }

  /** Gives the worker the port that the session's rows come through. */
  attach(port: MessagePort): void {
    this.worker.postMessage({ kind: 'attach' }, [port]);
  }

  /** Asks the worker. Rejects with an Error when the method throws, and when the client is closed first. */
  request<N extends keyof M & string>(method: N, params: ParamsOf<M[N]>): Promise<Awaited<AnswerOf<M[N]>>> {
    this.lastId += 1;
    const id = this.lastId;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve: resolve as (value: never) => void, reject });
      this.worker.postMessage({ kind: 'request', id, method, params });
    });
  }

  /** Called when more rows came, at most every REVISION_MS. Returns its remover. */
  onRevision(listener: (revision: Revision) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  close(): void {
    this.worker.terminate();
    for (const { reject } of this.waiting.values()) reject(new Error('the session was closed'));
    this.waiting.clear();
    this.listeners.clear();
  }

  private onMessage(message: FromWorker): void {
    if (message.kind === 'revision') {
      for (const listener of this.listeners) listener(message);
      return;
    }
    const asker = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (message.kind === 'answer') asker?.resolve(message.value as never);
    else asker?.reject(new Error(message.message));
  }
}
