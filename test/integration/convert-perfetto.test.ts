// A real recording, exported and read by the program that our users read it with.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportChrome } from '../../app/host/convert/chrome';
import { loadSession } from '../../app/host/session/load-session';
import type { Store } from '../../app/host/session/store';
import { loadTrace, queryRows, startPerfetto } from './perfetto';

const sample = join(__dirname, '..', '..', 'samples', 'pytorch-resnet18.hka');
let folder: string;
let store: Store;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hka-perfetto-'));
  ({ store } = await loadSession(sample));
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const count = async (sql: string) => Number((await store.query(sql)).rows[0][0]);

test('Perfetto finds every slice, every arrow and every track of a PyTorch recording', async () => {
  const path = join(folder, 'trace.json');
  const { sliceCount } = await exportChrome(store, path);
  const expected =
    (await count('SELECT count(*) FROM kernel')) +
    (await count('SELECT count(*) FROM memcpy')) +
    (await count('SELECT count(*) FROM memset')) +
    (await count('SELECT count(*) FROM api')) +
    (await count('SELECT count(*) FROM range WHERE kind <> 3'));
  expect(sliceCount).toBe(expected);
  const engine = await startPerfetto();
  await loadTrace(engine, path);
  const [slices] = await queryRows(engine, 'select count(*) as n from slice');
  expect(Number(slices.n)).toBe(expected);
  const [kernels] = await queryRows(
    engine,
    `select count(*) as n, sum(dur) as total from slice where category = 'kernel'`,
  );
  expect(Number(kernels.n)).toBe(await count('SELECT count(*) FROM kernel'));
  expect(Number(kernels.total)).toBe(await count('SELECT sum(durationNs) FROM kernel'));
  const [flows] = await queryRows(engine, 'select count(*) as n from flow');
  const linked =
    'SELECT count(*) FROM (SELECT source, correlation FROM kernel UNION ALL SELECT source, correlation FROM memcpy UNION ALL SELECT source, correlation FROM memset) JOIN (SELECT DISTINCT source, correlation FROM api WHERE correlation > 0) USING (source, correlation)';
  expect(Number(flows.n)).toBe(await count(linked));
  const threads = (await queryRows(engine, 'select name from thread where name is not null')).map(({ name }) => name);
  expect(threads.filter((name) => /[Ss]tream \d+/.test(String(name))).length).toBeGreaterThanOrEqual(2);
  const processes = (await queryRows(engine, 'select name from process where name is not null')).map(({ name }) =>
    String(name),
  );
  expect(processes.some((name) => name.startsWith('GPU 0: NVIDIA H200'))).toBe(true);
  const [errors] = await queryRows(
    engine,
    `select coalesce(sum(value), 0) as n from stats where severity in ('error', 'data_loss') and value > 0`,
  );
  expect(Number(errors.n)).toBe(0);
});
