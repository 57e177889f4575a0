import { formatTable } from '../../host/analysis/format-table';
import { oneOf, type Verb } from '../command';
import { openForReading } from '../open-session';

/** `hookanalyzer query`: SQL over the tables of a session file. */
export const query: Verb = {
  name: 'query',
  summary: 'Run SQL (DuckDB) over the tables of a session file.',
  usage: 'FILE.hka "SQL" [--format table|csv|json]',
  wordCount: [2, 2],
  examples: [
    'hookanalyzer query session.hka "select count(*), sum(durationNs) from kernel"',
    'hookanalyzer query session.hka "show tables"',
  ],
  options: { format: { type: 'string', short: 'f', value: 'table|csv|json', help: 'how to print it (default table)' } },
  run: async (parsed, terminal) => {
    const format = oneOf(parsed, 'format', ['table', 'csv', 'json'], 'table');
    const { store } = await openForReading(parsed.words[0], terminal);
    try {
      terminal.out(formatTable(await store.query(parsed.words[1]), format));
      return 0;
    } finally {
      await store.close();
    }
  },
};
