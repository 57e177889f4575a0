// A session's store from outside its thread.

import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { type FailureError, failure } from '../../../shared/util/failure';
import type { FromStore, StoreQuestionName, StoreQuestions, StoreThreadData, ToStore } from './store-messages';

/** More than this on its way to the thread holds the giver back. */
const ON_WAY_BYTES_MAX = 64 * 1024 * 1024;

const CLOSE_MS_MAX = 3000;

export interface AskOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (doneRatio: number) => void;
}

interface Asker {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: ((doneRatio: number) => void) | undefined;
}

export class StoreThread {
  private readonly worker: Worker;
  private readonly askers = new Map<number, Asker>();
  private lastId = 0;
  private onWayBytes = 0;
  private waiting: Promise<void> | undefined;
  private wake: () => void = () => {};
  private ended: FailureError | undefined;

  /** `programPath` is the built thread (out/node/store-thread.js). */
  constructor(programPath: string, data: StoreThreadData = { threads: undefined }) {
    this.worker = new Worker(programPath, { workerData: data });
    this.worker.on('message', (message: FromStore) => this.take(message));
    this.worker.on('error', (error) => this.end(`it failed: ${error.message}`));
    this.worker.on('exit', () => this.end('it ended'));
  }

  /** Takes one packet, which is copied. */
  append(packet: Uint8Array): void {
    if (this.ended) return;
    const bytes = packet.slice();
    this.onWayBytes += bytes.byteLength;
    this.worker.postMessage({ kind: 'append', bytes } satisfies ToStore, [bytes.buffer]);
  }

  /** Undefined when there is room for more; else resolves when there is. */
  whenReady(): Promise<void> | undefined {
    if (this.onWayBytes <= ON_WAY_BYTES_MAX || this.ended) return undefined;
    this.waiting ??= new Promise((resolve) => {
      this.wake = resolve;
    });
    return this.waiting;
  }

  /** Asks about everything that was appended before. Throws FailureError. */
  ask<N extends StoreQuestionName>(
    name: N,
    params: StoreQuestions[N]['params'],
    { signal, onProgress }: AskOptions = {},
  ): Promise<StoreQuestions[N]['answer']> {
    if (this.ended) return Promise.reject(this.ended);
    this.lastId += 1;
    const id = this.lastId;
    const cancel = () => this.worker.postMessage({ kind: 'cancel', id } satisfies ToStore);
    const answer = new Promise<StoreQuestions[N]['answer']>((resolve, reject) => {
      this.askers.set(id, { resolve, reject, onProgress });
      this.worker.postMessage({ kind: 'ask', id, name, params } satisfies ToStore);
    });
    if (signal?.aborted) cancel();
    signal?.addEventListener('abort', cancel);
    return answer.finally(() => signal?.removeEventListener('abort', cancel));
  }

  /** Ends the thread; what is being asked is cancelled. Waits for it 3 s at most. */
  async close(): Promise<void> {
    const closed = this.ended ? Promise.resolve() : this.ask('close', undefined).catch(() => {});
    const ended = closed.then(() => this.worker.terminate());
    // Not ended before it has answered: what DuckDB still does in it would call back into a thread that is gone, which ends the process.
    await Promise.race([ended, delay(CLOSE_MS_MAX, undefined, { ref: false })]);
  }

  private take(message: FromStore): void {
    if (message.kind === 'appended') {
      this.onWayBytes -= message.byteCount;
      if (this.onWayBytes <= ON_WAY_BYTES_MAX / 2) this.release();
      return;
    }
    const asker = this.askers.get(message.id);
    if (message.kind === 'progress') {
      asker?.onProgress?.(message.doneRatio);
      return;
    }
    this.askers.delete(message.id);
    if (message.kind === 'answer') asker?.resolve(message.answer as never);
    else asker?.reject(failureOf(message));
  }

  private end(clause: string): void {
    this.ended ??= failure('storeEnded', `The store of the session is gone: ${clause}.`, 'Open the session again.');
    for (const { reject } of this.askers.values()) reject(this.ended);
    this.askers.clear();
    this.release();
  }

  private release(): void {
    this.wake();
    this.wake = () => {};
    this.waiting = undefined;
  }
}

function failureOf({ failure: known, message }: Extract<FromStore, { kind: 'failed' }>): Error {
  return known ? failure(known.code, known.sentence, known.remedy) : new Error(message);
}
