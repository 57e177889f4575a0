import type { Store } from '../session/store';
import type { ExportOptions } from './output';
import { exportTables } from './tables';

/** A folder of Parquet files, one a table, compressed with zstd. Throws a FailureError. */
export function exportParquet(store: Store, path: string, options: ExportOptions = {}): Promise<void> {
  return exportTables(store, path, options, 'parquet', 'FORMAT parquet, COMPRESSION zstd');
}
