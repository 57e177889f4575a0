// A large session file: opening it, the top kernels, and the Chrome trace, beside what the same data costs in simpler ways.

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runReport } from '../../app/host/analysis/reports';
import { exportChrome } from '../../app/host/convert/chrome';
import { HkaWriter } from '../../app/host/session/hka-writer';
import { loadSession } from '../../app/host/session/load-session';
import { encodeRows } from '../../shared/wire/encode';
import { tables } from '../../shared/wire/tables';
import type { BenchResult, BenchSize } from './bench-result';
import { KERNEL_NAMES, kernelPacket, ROWS_A_PACKET } from './kernels';

async function writeSession(path: string, rowCount: number): Promise<number> {
  const writer = await HkaWriter.open(path);
  writer.append(encodeRows(tables.string, KERNEL_NAMES, 1));
  let rows = 0;
  for (; rows < rowCount; rows += ROWS_A_PACKET) writer.append(kernelPacket(rows));
  await writer.close();
  return rows;
}

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const began = performance.now();
  const value = await work();
  return [value, performance.now() - began];
}

export async function run(size: BenchSize): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hka-bench-'));
  try {
    const path = join(folder, 'large.hka');
    const rows = await writeSession(path, size === 'real' ? 10_000_000 : 20_000);
    const [{ store }, openMs] = await timed(() => loadSession(path));
    const reportMs: number[] = [];
    let checksum = '';
    for (let turn = 0; turn < 5; turn++) {
      const [table, ms] = await timed(() => runReport(store, 'cuda_gpu_kern_sum'));
      reportMs.push(ms);
      checksum = String(table.rows.reduce((sum, row) => sum + Number(row[2]), 0));
    }
    const [, plainMs] = await timed(() =>
      store.query(
        'SELECT name, count(*), sum(durationNs), avg(durationNs), min(durationNs), max(durationNs) FROM kernel GROUP BY name',
      ),
    );
    const [, medianMs] = await timed(() => store.query('SELECT name, median(durationNs) FROM kernel GROUP BY name'));
    await store.close();
    const small = join(folder, 'small.hka');
    const traceRows = await writeSession(small, size === 'real' ? 1_000_000 : 20_000);
    const { store: traceStore } = await loadSession(small);
    const [, chromeMs] = await timed(() => exportChrome(traceStore, join(folder, 'trace.json')));
    const [, copyMs] = await timed(() =>
      traceStore.run(`COPY kernel TO '${join(folder, 'kernel.json')}' (FORMAT json)`),
    );
    await traceStore.close();
    return [
      {
        name: `open a session of ${rows / 1e6} M kernels`,
        unit: 's',
        value: openMs / 1000,
        goal: '≤ 5 at 10 M',
        detail: `${Math.round(statSync(path).size / 1e6)} MB`,
      },
      {
        name: `top kernels of ${rows / 1e6} M, with exact medians`,
        unit: 'ms',
        value: reportMs.sort((a, b) => a - b)[2],
        baseline: plainMs + medianMs,
        baselineName: 'GROUP BY and median()',
        goal: '≤ 150 at 10 M',
        checksum,
      },
      {
        name: 'Chrome trace export',
        unit: 'M events/s',
        value: traceRows / (chromeMs / 1000) / 1e6,
        baseline: traceRows / (copyMs / 1000) / 1e6,
        baselineName: 'DuckDB COPY to JSON',
        goal: '≥ 1',
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
