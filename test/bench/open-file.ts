// Opening a session file as the window does: rows to the timeline's and the memory map's columns in a thread of their own, and to the
// store, until both have all. Beside it Perfetto's trace processor loading the same rows as a Chrome trace.

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel, Worker } from 'node:worker_threads';
import { exportChrome } from '../../app/host/convert/chrome';
import { HkaWriter } from '../../app/host/session/hka-writer';
import { loadSession } from '../../app/host/session/load-session';
import { History } from '../../app/host/window/history';
import type { HostPort } from '../../app/host/window/port-rpc';
import { Sessions } from '../../app/host/window/sessions';
import { encodeRows } from '../../shared/wire/encode';
import { tables } from '../../shared/wire/tables';
import { ensureBuilt } from '../integration/build';
import { loadTrace, queryRows, startPerfetto } from '../integration/perfetto';
import type { BenchResult, BenchSize } from './bench-result';
import { KERNEL_NAMES, kernelPacket, ROWS_A_PACKET } from './kernels';
import type { WindowReport } from './open-file-window';

const ROWS = { smoke: 20_000, real: 10_000_000 };
const TRACE_ROWS = { smoke: 5_000, real: 1_000_000 };
const SECONDS_MAX = 5;
const BYTES_A_ROW_MAX = 64;

async function writeSession(path: string, wantedRows: number): Promise<number> {
  const writer = await HkaWriter.open(path);
  writer.append(encodeRows(tables.string, KERNEL_NAMES, 1));
  let rows = 0;
  for (; rows < wantedRows; rows += ROWS_A_PACKET) writer.append(kernelPacket(rows));
  await writer.close();
  return rows;
}

/** The built program of the window's thread, beside the built benchmarks. */
async function windowProgram(): Promise<string> {
  return join(await ensureBuilt(), 'bench-window.js');
}

/** Opens the file with a window in another thread. Gives what that window holds, and how long it took. */
async function timeOpen(path: string, folder: string): Promise<WindowReport & { windowMs: number; storeMs: number }> {
  const sessions = new Sessions({
    history: new History(join(folder, 'history.json')),
    workFolder: folder,
    demangle: undefined,
    notify: () => {},
  });
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(await windowProgram(), { workerData: { port: port2 }, transferList: [port2] });
  const whole = new Promise<WindowReport>((done, reject) => worker.once('message', done).once('error', reject));
  const port = {
    postMessage: (message: unknown) => port1.postMessage(message),
    on: (event: string, listener: (event: { data: unknown; ports: [] }) => void) => {
      if (event === 'message') port1.on('message', (data) => listener({ data, ports: [] }));
    },
    start: () => {},
    close: () => port1.close(),
  } as HostPort;
  const beganMs = performance.now();
  const { session } = await sessions.openFile(path);
  sessions.attach(session, port);
  const report = await whole;
  const windowMs = performance.now() - beganMs;
  await sessions.query(session, 'SELECT 1');
  const storeMs = performance.now() - beganMs;
  await sessions.closeAll({ mayDiscard: true });
  await worker.terminate();
  return { ...report, windowMs, storeMs };
}

async function timePerfetto(tracePath: string): Promise<{ ms: number; sliceCount: number }> {
  const engine = await startPerfetto();
  const beganMs = performance.now();
  await loadTrace(engine, tracePath);
  const ms = performance.now() - beganMs;
  const [{ count }] = await queryRows(engine, 'select count(*) as count from slice');
  return { ms, sliceCount: Number(count) };
}

export async function run(size: BenchSize): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hka-bench-'));
  try {
    const large = join(folder, 'large.hka');
    const rows = await writeSession(large, ROWS[size]);
    const opened = await timeOpen(large, folder);
    const small = join(folder, 'small.hka');
    const traceRows = await writeSession(small, TRACE_ROWS[size]);
    const smallOpened = await timeOpen(small, folder);
    const results: BenchResult[] = [
      {
        name: `window: open a session of ${(rows / 1e6).toFixed(1)} M kernels`,
        unit: 's',
        value: opened.storeMs / 1000,
        goal: `≤ ${SECONDS_MAX} at 10 M`,
        checksum: `${opened.rowCount} rows in the window`,
        detail: `rows drawable after ${(opened.windowMs / 1000).toFixed(2)} s; file of ${Math.round(statSync(large).size / 1e6)} MB`,
      },
      {
        name: 'window: memory of its rows',
        unit: 'bytes a row',
        value: opened.columnBytes / opened.rowCount,
        goal: `≤ ${BYTES_A_ROW_MAX}`,
        detail: `${(opened.residentBytes / rows).toFixed(1)} bytes a row of the thread's buffers in all`,
      },
    ];
    if (size === 'smoke') return results;
    return [...results, await besidePerfetto(small, folder, traceRows, smallOpened.storeMs)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same rows, opened here and by Perfetto. */
async function besidePerfetto(path: string, folder: string, rows: number, openMs: number): Promise<BenchResult> {
  const { store } = await loadSession(path);
  const tracePath = join(folder, 'trace.json');
  await exportChrome(store, tracePath);
  await store.close();
  const perfetto = await timePerfetto(tracePath);
  return {
    name: `window: open ${(rows / 1e6).toFixed(1)} M kernels`,
    unit: 's',
    value: openMs / 1000,
    baseline: perfetto.ms / 1000,
    baselineName: `Perfetto's trace processor loading the same ${perfetto.sliceCount} slices as a Chrome trace`,
    goal: 'below the baseline',
  };
}
