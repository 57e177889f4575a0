// The worker's loop: rows in from the data port, questions in from the window, answers out. Knows no feature by name.

import type { DataMessage, DataTaken } from '../../../shared/window/columns';
import { type FeatureMethods, Transferred, type WorkerFeature } from './feature';
import { type FromWorker, REVISION_MS, type ToWorker } from './messages';

/** The parts of a DedicatedWorkerGlobalScope that are used; tests give their own. */
export interface WorkerScope {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
}

/** Serves until the worker is ended. Method names must differ between features. */
export function serveFeatures(scope: WorkerScope, features: readonly WorkerFeature<FeatureMethods>[]): void {
  const methods: Record<string, (params: never) => unknown> = Object.assign(
    {},
    ...features.map((each) => each.methods),
  );
  let revision = 0;
  let isComplete = false;
  let toldAtMs = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;

  // The first rows after a pause are told at once.
  const tellRevision = () => {
    if (timer !== undefined) return;
    const tell = () => {
      timer = undefined;
      toldAtMs = performance.now();
      scope.postMessage({ kind: 'revision', revision, isComplete });
    };
    timer = setTimeout(tell, Math.max(0, toldAtMs + REVISION_MS - performance.now()));
  };

  const take = (port: MessagePort, message: DataMessage) => {
    revision += 1;
    if (message.kind === 'complete') isComplete = true;
    else {
      for (const packet of message.packets) for (const feature of features) feature.append(packet);
      port.postMessage({ kind: 'taken', bytes: message.bytes } satisfies DataTaken);
    }
    tellRevision();
  };

  const answer = async (id: number, method: string, params: unknown) => {
    try {
      if (!Object.hasOwn(methods, method)) throw new Error(`the worker has no method ${method}`);
      const value = await methods[method](params as never);
      if (value instanceof Transferred)
        scope.postMessage({ kind: 'answer', id, value: value.value }, [...value.buffers]);
      else scope.postMessage({ kind: 'answer', id, value });
    } catch (error) {
      scope.postMessage({ kind: 'error', id, message: error instanceof Error ? error.message : String(error) });
    }
  };

  scope.onmessage = ({ data, ports }) => {
    if (data.kind === 'request') void answer(data.id, data.method, data.params);
    else {
      const [port] = ports;
      port.onmessage = (event: MessageEvent<DataMessage>) => take(port, event.data);
    }
  };
}
