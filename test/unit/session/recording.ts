// Small session files from rows, for tests of everything that reads them.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HkaWriter } from '../../../app/host/session/hka-writer';
import { loadSession } from '../../../app/host/session/load-session';
import type { RowOf } from '../../../shared/model/column';
import { encodeRows } from '../../../shared/wire/encode';
import { stampHeader } from '../../../shared/wire/header';
import { type TableName, type Tables, tables } from '../../../shared/wire/tables';

type Rows = { [N in TableName]?: Partial<RowOf<Tables[N]>>[] };

/** All columns of a row, zero or empty where nothing was given. */
export function rowOf<N extends TableName>(name: N, given: Partial<RowOf<Tables[N]>>): RowOf<Tables[N]> {
  const empty = Object.fromEntries(
    Object.entries(tables[name].columns).map(([column, { type }]) => [column, type === 'text' ? '' : 0]),
  );
  return { ...empty, ...given } as RowOf<Tables[N]>;
}

/** Packets of these rows, one a table, from source 1 (session and health from 0), with sequences from 1. */
export function packetsOf(rows: Rows): Uint8Array[] {
  return (Object.keys(rows) as TableName[]).map((name, index) => {
    const all = (rows[name] ?? []).map((row) => rowOf(name, row as never)) as RowOf<Tables[TableName]>[];
    const packet = encodeRows(tables[name] as Tables[TableName], all as never);
    stampHeader(packet, index + 1, name === 'session' || name === 'health' ? 0 : 1);
    return packet;
  });
}

export async function writeFile(path: string, rows: Rows): Promise<void> {
  const writer = await HkaWriter.open(path);
  for (const packet of packetsOf(rows)) writer.append(packet);
  await writer.close();
}

/** Opens a session of these rows, lets `use` look at it, and clears up. */
export async function withSession<T>(
  rows: Rows,
  use: (session: Awaited<ReturnType<typeof loadSession>> & { folder: string }) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'hka-session-'));
  try {
    const path = join(folder, 's.hka');
    await writeFile(path, rows);
    const session = await loadSession(path);
    try {
      return await use({ ...session, folder });
    } finally {
      await session.store.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
