// Exports of drawn sessions.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { exportChrome } from '../../../app/host/convert/chrome';
import { exportCsv } from '../../../app/host/convert/csv';
import { Lanes } from '../../../app/host/convert/lanes';
import { exportParquet } from '../../../app/host/convert/parquet';
import { exportSpeedscope } from '../../../app/host/convert/speedscope';
import { withSession } from '../session/recording';

/** Lanes of slices drawn as letters, one a row: 'AAA..' is a slice of three nanoseconds at 0. */
function lanesOf(drawing: string): Record<string, number> {
  const lanes = new Lanes();
  const slices = drawing
    .trim()
    .split('\n')
    .map((line) => {
      const text = line.trim();
      const start = text.search(/[A-Z]/);
      return { name: text[start], start, end: text.search(/[A-Z](?!.*[A-Z])/) + 1 };
    });
  slices.sort((a, b) => a.start - b.start || b.end - a.end);
  return Object.fromEntries(slices.map(({ name, start, end }) => [name, lanes.laneOf(start, end)]));
}

test('slices that overlap without nesting go to lanes of their own', () => {
  expect(
    lanesOf(`
      AAAA......
      ..BBBB....
      .CC.......
      ........DD
      ...E......`),
  ).toEqual({ A: 0, B: 1, C: 0, D: 0, E: 0 });
});

interface ChromeEvent {
  ph: string;
  pid: number;
  tid: number;
  ts: number;
  dur: number;
  name: string;
  id: number;
  args: Record<string, unknown>;
}

const SESSION = {
  string: [
    { id: 1, text: 'alpha' },
    { id: 2, text: 'cudaLaunchKernel' },
    { id: 3, text: 'step "1"' },
  ],
  process: [{ event: 1, pid: 77, executable: '/usr/bin/app' }],
  thread: [{ thread: 5, name: 'main' }],
  device: [{ device: 0, kind: 1, name: 'Orin' }],
  stream: [{ context: 1, stream: 7, isDefault: 1 }],
  api: [{ startNs: 1000, durationNs: 500, name: 2, thread: 5, correlation: 9 }],
  range: [
    { startNs: 500, durationNs: 3000, name: 3, thread: 5, kind: 1 },
    { startNs: 600, name: 3, thread: 5, kind: 3 },
  ],
  kernel: [
    { startNs: 2000, durationNs: 1234, name: 1, context: 1, stream: 7, correlation: 9, gridX: 2, gridY: 1, gridZ: 1 },
    { startNs: 3000, durationNs: 1000, name: 1, context: 1, stream: 7 },
  ],
  memcpy: [{ startNs: 9000, durationNs: 1, bytes: 64, direction: 1, context: 1, stream: 7 }],
  memory: [
    { timeNs: 100, address: 1, bytes: 512, operation: 1, kind: 3 },
    { timeNs: 200, address: 1, bytes: 512, operation: 2, kind: 3 },
  ],
};

test('the Chrome trace has processes, threads, nested slices, an arrow and counters', async () => {
  await withSession(SESSION, async ({ store, folder }) => {
    const path = join(folder, 'trace.json');
    expect(await exportChrome(store, path)).toEqual({ sliceCount: 5 });
    const events = (JSON.parse(readFileSync(path, 'utf8')) as { traceEvents: ChromeEvent[] }).traceEvents;
    const of = (ph: string) => events.filter((event) => event.ph === ph);
    const named = (name: string) =>
      of('M')
        .filter((event) => event.name === name)
        .map((event) => event.args.name);
    expect(named('process_name').sort()).toEqual(['GPU 0: Orin', 'app']);
    expect(named('thread_name').sort()).toEqual(['Default stream 7', 'Default stream 7 (2)', 'main (5)']);
    const [kernel] = of('X').filter((event) => event.name === 'alpha');
    expect(kernel).toMatchObject({ ts: 2, dur: 1.234, args: { grid: '2x1x1', correlation: 9 } });
    const call = of('X').find((event) => event.name === 'cudaLaunchKernel') as ChromeEvent;
    expect(of('s')).toMatchObject([{ pid: call.pid, tid: call.tid, ts: 1 }]);
    expect(of('f')).toMatchObject([{ pid: kernel.pid, tid: kernel.tid, ts: 2, id: of('s')[0].id }]);
    expect(of('C').map((event) => event.args.bytes)).toEqual([512, 0]);
    expect(of('i')).toMatchObject([{ name: 'step "1"', ts: 0.6 }]);
    // Slices of one thread nest: each begins after the one before has ended, or ends before it.
    for (const tid of new Set(of('X').map((event) => event.tid))) {
      const slices = of('X')
        .filter((event) => event.tid === tid)
        .sort((a, b) => a.ts - b.ts || b.dur - a.dur);
      for (const [i, slice] of slices.slice(1).entries()) {
        const before = slices[i];
        expect(slice.ts >= before.ts + before.dur || slice.ts + slice.dur <= before.ts + before.dur).toBe(true);
      }
    }
  });
});

test('a name ending in .gz is compressed; nothing is written over, and nothing half is left', async () => {
  await withSession(SESSION, async ({ store, folder }) => {
    const path = join(folder, 'trace.json.gz');
    await exportChrome(store, path);
    expect(JSON.parse(gunzipSync(readFileSync(path)).toString()).traceEvents.length).toBeGreaterThan(5);
    await expect(exportChrome(store, path)).rejects.toMatchObject({ failure: { code: 'fileExists' } });
    await exportChrome(store, path, { overwrite: true });
    const aborted = AbortSignal.abort();
    await expect(exportChrome(store, join(folder, 'no.json'), { signal: aborted })).rejects.toMatchObject({
      failure: { code: 'cancelled' },
    });
    await expect(exportChrome(store, join(folder, 'no', 'folder.json'))).rejects.toMatchObject({
      failure: { code: 'noFolder' },
    });
    expect(readdirSync(folder).sort()).toEqual(['s.hka', 'trace.json.gz']);
  });
});

test('Parquet and CSV hold every row of every table that has some', async () => {
  await withSession(SESSION, async ({ store, folder }) => {
    await exportParquet(store, join(folder, 'p'));
    await exportCsv(store, join(folder, 'c'));
    const [[count, total]] = (
      await store.query(`SELECT count(*), sum(durationNs) FROM '${join(folder, 'p', 'kernel.parquet')}'`)
    ).rows;
    expect([count, total]).toEqual([2n, 2234]);
    expect(readFileSync(join(folder, 'c', 'memcpy.csv'), 'utf8').split('\n').length).toBe(3);
    expect(existsSync(join(folder, 'c', 'loss.csv'))).toBe(false);
    await expect(exportCsv(store, join(folder, 'c'))).rejects.toMatchObject({ failure: { code: 'fileExists' } });
  });
});

test('speedscope profiles open and close in order, and every one is closed', async () => {
  await withSession(SESSION, async ({ store, folder }) => {
    const path = join(folder, 'x.speedscope.json');
    await exportSpeedscope(store, path);
    const file = JSON.parse(readFileSync(path, 'utf8'));
    expect(file.profiles.map(({ name }: { name: string }) => name).sort()).toEqual([
      'GPU 0: Orin: Default stream 7',
      'GPU 0: Orin: Default stream 7 (2)',
      'app: main (5)',
    ]);
    for (const { events } of file.profiles) {
      const open: number[] = [];
      let lastAt = 0;
      for (const { type, frame, at } of events) {
        expect(at).toBeGreaterThanOrEqual(lastAt);
        lastAt = at;
        if (type === 'O') open.push(frame);
        else expect(open.pop()).toBe(frame);
      }
      expect(open).toEqual([]);
    }
  });
});

test('a workload: batches and requests of a model side by side, those that overlap in lanes of their own', async () => {
  const batch = (id: number, startNs: number, durationNs: number) => ({
    batch: id,
    startNs,
    durationNs,
    requestCount: 2,
    model: 'net',
  });
  const request = (id: number, arrivalNs: number, completionNs: number) => ({
    request: id,
    batch: 1,
    arrivalNs,
    completionNs,
    model: 'net',
  });
  const rows = {
    process: [{ event: 1, pid: 77, executable: 'trtexec' }],
    batch: [batch(1, 2000, 3000), batch(2, 9000, -1)],
    request: [request(1, 1000, 5000), request(2, 1500, 6000), request(3, 8000, -1)],
  };
  const events = await withSession(rows, async ({ store, folder }) => {
    const path = join(folder, 'trace.json');
    expect(await exportChrome(store, path)).toEqual({ sliceCount: 3 });
    return (JSON.parse(readFileSync(path, 'utf8')) as { traceEvents: ChromeEvent[] }).traceEvents;
  });
  const threadOf = new Map(
    events.flatMap(({ name, tid, args }) => (name === 'thread_name' ? [[tid, args.name] as const] : [])),
  );
  const slices = events.filter(({ ph }) => ph === 'X');
  expect(slices.map(({ name, pid, tid, ts, dur, args }) => [name, pid, threadOf.get(tid), ts, dur, args])).toEqual([
    ['request 1', 77, 'Requests of net', 1, 4, { batch: 1 }],
    ['request 2', 77, 'Requests of net (2)', 1.5, 4.5, { batch: 1 }],
    ['batch 1', 77, 'Batches of net', 2, 3, { requests: 2 }],
  ]);
});
