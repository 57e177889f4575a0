import { basename } from 'node:path';
import { exportChrome } from '../../host/convert/chrome';
import { exportCsv } from '../../host/convert/csv';
import { exportParquet } from '../../host/convert/parquet';
import { exportSpeedscope } from '../../host/convert/speedscope';
import type { Store } from '../../host/session/store';
import { oneOf, type Verb } from '../command';
import { withInterrupt } from '../interrupt';
import { openForReading } from '../open-session';
import { ProgressLine } from '../terminal';

interface Format {
  readonly ending: string;
  readonly write: (store: Store, path: string, options: ExportOptions) => Promise<unknown>;
}

interface ExportOptions {
  readonly overwrite: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (doneRatio: number) => void;
}

const FORMATS: Readonly<Record<string, Format>> = {
  chrome: { ending: '.json', write: exportChrome },
  speedscope: { ending: '.speedscope.json', write: exportSpeedscope },
  parquet: { ending: '-parquet', write: exportParquet },
  csv: { ending: '-csv', write: exportCsv },
};

/** `hookanalyzer export`: a session file in the formats of other tools. */
export const exportVerb: Verb = {
  name: 'export',
  summary: 'Write a session file for Perfetto, speedscope, or as Parquet or CSV tables.',
  usage: 'FILE.hka --format chrome|speedscope|parquet|csv [-o OUT] [--force]',
  wordCount: [1, 1],
  examples: [
    'hookanalyzer export session.hka --format chrome -o trace.json.gz',
    'hookanalyzer export session.hka --format parquet -o tables/',
  ],
  options: {
    format: { type: 'string', short: 't', value: 'FORMAT', help: 'chrome (default), speedscope, parquet or csv' },
    output: {
      type: 'string',
      short: 'o',
      value: 'OUT',
      help: 'file, or folder for parquet and csv; .gz compresses a chrome trace',
    },
    force: { type: 'boolean', short: 'f', help: 'replace what is there' },
  },
  run: async (parsed, terminal) => {
    const { ending, write } = FORMATS[oneOf(parsed, 'format', Object.keys(FORMATS), 'chrome')];
    const input = parsed.words[0];
    const output = parsed.text('output') ?? `${basename(input).replace(/\.hka$/, '')}${ending}`;
    const { store } = await openForReading(input, terminal);
    const progress = new ProgressLine(terminal);
    try {
      await withInterrupt((signal) =>
        write(store, output, {
          overwrite: parsed.flag('force'),
          signal,
          onProgress: (doneRatio) => progress.show(`writing ${output}: ${Math.round(doneRatio * 100)} %`),
        }),
      );
      progress.clear();
      terminal.err(`hookanalyzer: wrote ${output}\n`);
      return 0;
    } finally {
      progress.clear();
      await store.close();
    }
  },
};
