// The thread of a session's store: takes packets, reads files, answers SQL, reports and exports. One store a thread.

import { parentPort, workerData } from 'node:worker_threads';
import { FailureError, failure } from '../../../shared/util/failure';
import { decodePacket, isPacketOf, type Packet } from '../../../shared/wire/decode';
import { runReport } from '../analysis/reports';
import { exportChrome } from '../convert/chrome';
import { exportCsv } from '../convert/csv';
import { exportParquet } from '../convert/parquet';
import { exportSpeedscope } from '../convert/speedscope';
import { loadDemangler } from '../demangler';
import { readHka } from './hka-reader';
import { prepareNames } from './load-session';
import { Store } from './store';
import type { FromStore, StoreQuestionName, StoreQuestions, StoreThreadData, ToStore } from './store-messages';

const EXPORTS = { chrome: exportChrome, speedscope: exportSpeedscope, parquet: exportParquet, csv: exportCsv };

interface Asked {
  readonly signal: AbortSignal;
  readonly onProgress: (doneRatio: number) => void;
}

type Answers = {
  [N in StoreQuestionName]: (params: StoreQuestions[N]['params'], asked: Asked) => Promise<StoreQuestions[N]['answer']>;
};

class StoreThread {
  private readonly store = Store.open({ threads: (workerData as StoreThreadData).threads });
  private readonly demangle = loadDemangler();
  private readonly asked = new Map<
    number,
    { readonly controller: AbortController; readonly answered: Promise<void> }
  >();
  private ready: Store | undefined;
  private hasNewNames = true;
  private naming: Promise<void> = Promise.resolve();
  /** Why no row is taken any more. */
  private full: FailureError | undefined;
  /** Packets that came before the store was open. */
  private early: Uint8Array[] = [];

  constructor(private readonly send: (message: FromStore) => void) {
    this.store.then(
      (store) => {
        this.ready = store;
        for (const bytes of this.early.splice(0)) this.append(bytes);
      },
      () => {}, // whoever asks is told
    );
  }

  take(message: ToStore): void {
    if (message.kind === 'append') this.append(message.bytes);
    else if (message.kind === 'cancel') this.asked.get(message.id)?.controller.abort();
    else this.ask(message.id, message.name, message.params);
  }

  private append(bytes: Uint8Array): void {
    if (!this.ready) {
      this.early.push(bytes);
      return;
    }
    const packet = decodePacket(bytes);
    if (packet.ok) {
      if (isPacketOf(packet.value, 'string')) this.hasNewNames = true;
      this.appendChecked(this.ready, packet.value);
    }
    this.send({ kind: 'appended', byteCount: bytes.byteLength });
  }

  // The recording does not depend on the store: when it is full, tables stop and whoever asks is told, and the file goes on.
  private appendChecked(store: Store, packet: Packet): void {
    if (this.full) return;
    try {
      store.append(packet);
    } catch (error) {
      const message = error instanceof Error ? error.message.split('\n')[0] : String(error);
      this.full = failure(
        'storeFull',
        `The tables of this session hold no more rows: ${message}`,
        'Save the session, and open the part you need; the recording itself goes on.',
      );
    }
  }

  /** The store with everything that came until now, names readable. Who asks meanwhile waits for the same names. */
  private async whole(): Promise<Store> {
    const store = await this.store;
    if (this.full) throw this.full;
    store.flush();
    if (this.hasNewNames) {
      this.hasNewNames = false;
      this.naming = this.naming
        .catch(() => {}) // told to whoever asked then
        .then(() => prepareNames(store, this.demangle))
        .catch((error) => {
          this.hasNewNames = true;
          throw error;
        });
    }
    await this.naming;
    return store;
  }

  private readonly answers: Answers = {
    load: async ({ path }, { signal, onProgress }) => {
      const store = await this.store;
      this.hasNewNames = true;
      return readHka(path, { signal, onProgress, onPacket: (packet) => store.append(packet) });
    },
    report: async ({ name, range }) => runReport(await this.whole(), name, range),
    query: async ({ sql }) => (await this.whole()).query(sql),
    export: async ({ format, path, overwrite }, asked) => {
      await EXPORTS[format](await this.whole(), path, { overwrite, ...asked });
      return undefined;
    },
    close: async () => {
      const store = await this.store;
      for (const { controller } of this.asked.values()) controller.abort();
      store.interrupt();
      await Promise.allSettled([...this.asked.values()].map(({ answered }) => answered));
      await store.close();
      return undefined;
    },
  };

  private ask(id: number, name: StoreQuestionName, params: unknown): void {
    const controller = new AbortController();
    const answered = this.answer(id, name, params, controller);
    // Closing waits for all the others.
    if (name !== 'close') this.asked.set(id, { controller, answered: answered.finally(() => this.asked.delete(id)) });
  }

  private async answer(
    id: number,
    name: StoreQuestionName,
    params: unknown,
    controller: AbortController,
  ): Promise<void> {
    const onProgress = (doneRatio: number) => this.send({ kind: 'progress', id, doneRatio });
    try {
      const ask = this.answers[name] as (params: unknown, asked: Asked) => Promise<unknown>;
      this.send({ kind: 'answer', id, answer: await ask(params, { signal: controller.signal, onProgress }) });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const known = error instanceof FailureError ? error.failure : undefined;
      this.send({ kind: 'failed', id, failure: known, message });
    }
  }
}

if (parentPort) {
  const port = parentPort;
  const thread = new StoreThread((message) => port.postMessage(message));
  port.on('message', (message: ToStore) => thread.take(message));
}
