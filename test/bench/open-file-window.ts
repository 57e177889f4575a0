// The window's end of open-file.ts, in a thread of its own as the page's worker is.

import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { TimelineModel } from '../../app/renderer/model/timeline/timeline-model';
import { MemoryFeature } from '../../app/renderer/worker/memory-feature';
import type { DataMessage } from '../../shared/window/columns';

export interface WindowReport {
  readonly rowCount: number;
  /** Of the timeline's columns. */
  readonly columnBytes: number;
  /** Of all buffers of this thread. */
  readonly residentBytes: number;
}

const { port } = workerData as { readonly port: MessagePort };
const timeline = new TimelineModel();
const memory = new MemoryFeature();
let rowCount = 0;

port.on('message', (message: DataMessage) => {
  if (message.kind === 'complete') {
    const columnBytes = timeline.sliceByteCount;
    const { arrayBuffers } = process.memoryUsage();
    parentPort?.postMessage({ rowCount, columnBytes, residentBytes: arrayBuffers } satisfies WindowReport);
    return;
  }
  for (const packet of message.packets) {
    timeline.append(packet);
    memory.append(packet);
    if (packet.table === 'kernel') rowCount += packet.rowCount;
  }
  port.postMessage({ kind: 'taken', bytes: message.bytes });
});
