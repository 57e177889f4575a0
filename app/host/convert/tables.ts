// Every table as a file of its own, by DuckDB's COPY.

import { join } from 'node:path';
import { TABLE_NAMES } from '../../../shared/wire/tables';
import { quoted, type Store } from '../session/store';
import { type ExportOptions, stopIfAborted, writeFolder } from './output';

/** Writes FOLDER/TABLE.ENDING for each table that has rows, and for the names. */
export async function exportTables(
  store: Store,
  path: string,
  options: ExportOptions,
  ending: string,
  format: string,
): Promise<void> {
  const names = [...TABLE_NAMES, 'name'];
  await writeFolder(path, options, async (folder) => {
    for (const [index, name] of names.entries()) {
      stopIfAborted(options.signal);
      const { rows } = await store.query(`SELECT count(*) FROM ${quoted(name)}`);
      const target = join(folder, `${name}.${ending}`).replaceAll("'", "''");
      if (Number(rows[0][0]) > 0) await store.run(`COPY ${quoted(name)} TO '${target}' (${format})`);
      options.onProgress?.((index + 1) / names.length);
    }
  });
}
