// The thread of one engine: ONNX Runtime's run() blocks it and nobody else. One session a thread.
// It is never ended from outside, because ONNX Runtime's binding ends the whole process when its thread goes while it runs.

import { parentPort, workerData } from 'node:worker_threads';
import { type Failure, FailureError } from '../../../shared/util/failure';
import { type BatchMarks, openBatchMarks } from './batch-marks';
import type { FromThread, OnnxruntimeOptions, ToThread } from './messages';
import { refusalOf } from './refusals';
import { OnnxruntimeSession } from './session';

const options = workerData as OnnxruntimeOptions;
const rssBytesAtStart = process.memoryUsage.rss();
let isAbandoned = false;
let isClosed = false;

const bufferOf = (values: NodeJS.TypedArray) => values.buffer as ArrayBuffer;

function tell(message: FromThread, transfer: readonly ArrayBuffer[] = []): void {
  if (!isAbandoned) parentPort?.postMessage(message, transfer);
}

function failureOf(error: unknown): Failure {
  return error instanceof FailureError ? error.failure : refusalOf(error, options.name).failure;
}

async function answer(
  session: OnnxruntimeSession,
  marks: BatchMarks,
  message: Extract<ToThread, { id: number }>,
): Promise<void> {
  const { id } = message;
  try {
    if (message.kind === 'warmUp') {
      const { layers, edges } = await session.warmUp(message.sizes);
      tell({ kind: 'warm', id, layers, edges, growthBytes: process.memoryUsage.rss() - rssBytesAtStart });
      return;
    }
    const size = session.loaded.fixedSize ?? message.size;
    const { outputs, startNs, durationNs } = await marks.during(message.batch, () => session.run(message.inputs, size));
    const buffers = Object.values(message.inputs).map(bufferOf);
    // Two outputs may be one value.
    const transfer = new Set([...Object.values(outputs).map(bufferOf), ...buffers]);
    tell({ kind: 'done', id, outputs, startNs, durationNs, buffers }, [...transfer]);
  } catch (error) {
    tell({ kind: 'failed', id, failure: failureOf(error) });
  }
}

async function serve(): Promise<void> {
  let session: OnnxruntimeSession;
  try {
    session = await OnnxruntimeSession.open(options, (phase) => tell({ kind: 'phase', phase }));
  } catch (error) {
    tell({ kind: 'loadFailed', failure: failureOf(error) });
    return;
  }
  const marks = openBatchMarks(options);
  let last: Promise<void> = Promise.resolve();
  parentPort?.on('message', (message: ToThread) => {
    if (message.kind === 'abandon') isAbandoned = true;
    last = last.then(async () => {
      if (message.kind === 'warmUp' || message.kind === 'infer') {
        if (!isAbandoned) await answer(session, marks, message);
        return;
      }
      if (isClosed) return;
      isClosed = true;
      await session.close();
      parentPort?.close();
    });
  });
  tell({ kind: 'loaded', model: session.loaded });
}

serve();
