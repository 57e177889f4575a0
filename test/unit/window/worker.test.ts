// The worker's loop and its client, joined by plain functions instead of a Worker.

import { MessageChannel } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { WorkerClient, type WorkerEnd } from '../../../app/renderer/worker/client';
import { Transferred, type WorkerFeature } from '../../../app/renderer/worker/feature';
import type { FromWorker, ToWorker } from '../../../app/renderer/worker/messages';
import { serveFeatures, type WorkerScope } from '../../../app/renderer/worker/serve';
import type { DataMessage, WindowPacket } from '../../../shared/window/columns';

const methods = {
  'count/rows': () => rows,
  'count/fail': (): number => {
    throw new Error('no rows');
  },
  'count/columns': ({ size }: { size: number }) => {
    const columns = new Float64Array(size).fill(7);
    return new Transferred({ columns }, [columns.buffer]);
  },
};
let rows = 0;

function bed() {
  rows = 0;
  const feature: WorkerFeature<typeof methods> = {
    append: (packet) => {
      rows += packet.rowCount;
    },
    methods,
  };
  const handed: number[] = [];
  const scope: WorkerScope = {
    onmessage: null,
    postMessage: (message, transfer) => {
      handed.push(transfer?.length ?? 0);
      setImmediate(() => end.onmessage?.({ data: message } as MessageEvent<FromWorker>));
    },
  };
  const end: WorkerEnd = {
    onmessage: null,
    postMessage: (message: ToWorker, transfer) =>
      scope.onmessage?.({ data: message, ports: transfer ?? [] } as unknown as MessageEvent<ToWorker>),
    terminate: () => {},
  };
  serveFeatures(scope, [feature] as never);
  return { client: new WorkerClient<typeof methods>(end), handed };
}

const packet = (rowCount: number) => ({ table: 'kernel', source: 1, rowCount, columns: {} }) as unknown as WindowPacket;

test('an answer comes back, buffers are handed over, an error rejects', async () => {
  const { client, handed } = bed();
  expect(await client.request('count/rows', undefined as never)).toBe(0);
  expect([...(await client.request('count/columns', { size: 3 })).columns]).toEqual([7, 7, 7]);
  expect(handed).toEqual([0, 1]);
  await expect(client.request('count/fail', undefined as never)).rejects.toThrow('no rows');
  await expect(client.request('none' as never, undefined as never)).rejects.toThrow('no method none');
});

test('rows reach the feature, are acknowledged by their bytes, and make a revision', async () => {
  const { client } = bed();
  const { port1, port2 } = new MessageChannel();
  const taken: number[] = [];
  port2.on('message', ({ bytes }) => taken.push(bytes));
  const revisions: boolean[] = [];
  client.onRevision(({ isComplete }) => revisions.push(isComplete));
  client.attach(port1 as unknown as MessagePort);
  port2.postMessage({ kind: 'packets', packets: [packet(5), packet(2)], bytes: 70 } satisfies DataMessage);
  port2.postMessage({ kind: 'packets', packets: [packet(1)], bytes: 10 } satisfies DataMessage);
  port2.postMessage({ kind: 'complete' } satisfies DataMessage);
  await expect.poll(() => revisions.at(-1)).toBe(true);
  expect([await client.request('count/rows', undefined as never), taken]).toEqual([8, [70, 10]]);
  port2.close();
});

test('closing rejects what waits', async () => {
  const { client } = bed();
  const waiting = client.request('count/rows', undefined as never);
  client.close();
  await expect(waiting).rejects.toThrow('closed');
});
