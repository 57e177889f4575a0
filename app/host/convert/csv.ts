import type { Store } from '../session/store';
import type { ExportOptions } from './output';
import { exportTables } from './tables';

/** A folder of CSV files with headers, one a table. Throws a FailureError. */
export function exportCsv(store: Store, path: string, options: ExportOptions = {}): Promise<void> {
  return exportTables(store, path, options, 'csv', 'FORMAT csv, HEADER');
}
