// Layouts of graphs, from a worker that is started when the first is wanted.

import type { GraphLayout, GraphShape } from '../model/scheduler/graph/layout';
import { WorkerClient } from '../worker/client';
import type { GraphMethods } from '../worker/graph-feature';

export type LayOut = (shape: GraphShape) => Promise<GraphLayout>;

export interface GraphLayouts {
  readonly layOut: LayOut;
  close(): void;
}

/** The caller closes it; what is asked and not yet answered then is never answered. */
export function openGraphLayouts(): GraphLayouts {
  let client: WorkerClient<GraphMethods> | undefined;
  const opened = () => {
    client ??= new WorkerClient<GraphMethods>(
      new Worker(new URL('../worker/graph-main.ts', import.meta.url), { type: 'module' }),
    );
    return client;
  };
  return {
    layOut: (shape) => opened().request('graph/layout', shape),
    close: () => {
      client?.close();
      client = undefined;
    },
  };
}
