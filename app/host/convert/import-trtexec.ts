// trtexec's exported files into a session file, so that reports, the window and the exports work on them.

import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { RowOf } from '../../../shared/model/column';
import { enums } from '../../../shared/model/enums';
import { formatCount } from '../../../shared/units/format';
import { failure } from '../../../shared/util/failure';
import { encodeRows } from '../../../shared/wire/encode';
import { stampHeader } from '../../../shared/wire/header';
import { type Tables, tables } from '../../../shared/wire/tables';
import { fileFailure } from '../session/file-failure';
import { HkaWriter } from '../session/hka-writer';
import { refuseExisting } from './output';
import { parseTrtexec, type TrtexecFile } from './trtexec';
import { type TrtexecEngine, type TrtexecRows, trtexecRows } from './trtexec-rows';

/** JSON.parse needs several times as much memory. */
const FILE_BYTES_MAX = 256 * 2 ** 20;
const PACKET_ROW_COUNT_MAX = 1000;
const SOURCE_ID = 1;
const OPTION_OF = { profile: '--exportProfile', layerInfo: '--exportLayerInfo', times: '--exportTimes' } as const;

export const TRTEXEC_MEANING =
  'A layer is the mean over all runs; a batch is the compute time of one run, a request is that run with its copies to and from the device; how long the host took to enqueue is left out.';

export interface ImportOptions {
  readonly overwrite?: boolean;
  /** In place of the first file's name. */
  readonly model?: string;
  /** In place of what the inspector's layers let on. */
  readonly precision?: string;
  readonly batchSize?: number;
}

export interface ImportResult {
  readonly engines: readonly string[];
  readonly layerCount: number;
  readonly edgeCount: number;
  readonly runCount: number;
  /** What does not fit together. */
  readonly warnings: readonly { readonly sentence: string; readonly remedy: string }[];
}

interface Named {
  readonly path: string;
  readonly file: TrtexecFile;
}

/** Throws FailureError: noFile and its like, trtexecTooLarge, and what parseTrtexec throws. */
function readOne(path: string): Named {
  let text: string;
  try {
    const { size } = statSync(path);
    if (size > FILE_BYTES_MAX) {
      const sentence = `${path} has ${size} bytes, which is more than trtexec's files have.`;
      throw failure('trtexecTooLarge', sentence, 'Export fewer runs: --iterations and --duration of trtexec.');
    }
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw fileFailure(error, path, 'read');
  }
  return { path, file: parseTrtexec(text, path) };
}

/** Files follow one another: a second file of a kind begins the next engine. */
function enginesOf(files: readonly Named[]): Named[][] {
  const groups: Named[][] = [];
  for (const named of files) {
    const last = groups.at(-1);
    if (!last || last.some(({ file }) => file.kind === named.file.kind)) groups.push([named]);
    else last.push(named);
  }
  return groups;
}

function engineOf(group: readonly Named[], index: number, options: ImportOptions): TrtexecEngine {
  const title = basename(group[0].path).replace(/\.json$/i, '');
  const files = Object.fromEntries(group.map(({ file }) => [file.kind, file] as const));
  return { engine: `trtexec/${index + 1}/${title}`, ...options, model: options.model ?? title, ...files };
}

function sessionRow(paths: readonly string[]): RowOf<Tables['session']> {
  const writtenMs = Math.max(...paths.map((path) => statSync(path).mtimeMs));
  const nobodyKnows = { system: '', model: '' };
  return {
    ...{ epochUnixMs: writtenMs, epochMonotonicNs: 0, sessionId: randomUUID(), hostName: 'trtexec' },
    ...{ ...nobodyKnows, probeVersion: 'trtexec' },
  };
}

function diagnosticsOf(engines: readonly TrtexecEngine[], rows: readonly TrtexecRows[]): RowOf<Tables['diagnostic']>[] {
  const told = { timeNs: 0, severity: enums.severity.info, code: 'trtexecImport' };
  const unknown = 'The files do not say how many items a batch has; 1 is shown.';
  return [
    { ...told, sentence: `Imported from trtexec. ${TRTEXEC_MEANING}`, remedy: '' },
    ...(rows.some(({ isBatchSizeUnknown }) => isBatchSizeUnknown)
      ? [{ ...told, sentence: unknown, remedy: 'Import again with --batch N, or with the file of --exportLayerInfo.' }]
      : []),
    ...rows.flatMap(({ layer, strangeLayerCount }, index) => {
      if (strangeLayerCount === 0) return [];
      const all = `${formatCount(strangeLayerCount)} of the ${formatCount(layer.length)} timed layers of ${engines[index].engine}`;
      const sentence = `${all} are not among the engine’s layers, so what flows between them is not known.`;
      const remedy = 'Give files of one engine together: those of one build, exported by one run of trtexec.';
      return [{ ...told, severity: enums.severity.warning, sentence, remedy }];
    }),
  ];
}

/**
 * Writes the session `output` from the files of one engine or, one engine's after the other's, of several. Throws FailureError; then there is
 * no new file.
 */
export async function importTrtexec(
  paths: readonly string[],
  output: string,
  options: ImportOptions = {},
): Promise<ImportResult> {
  const groups = enginesOf(paths.map(readOne));
  const { overwrite, ...told } = options;
  const engines = groups.map((group, index) => engineOf(group, index, told));
  let batchFrom = 1;
  const rows = engines.map((engine) => {
    const made = trtexecRows(engine, batchFrom);
    batchFrom += made.batch.length;
    return made;
  });
  refuseExisting(output, { overwrite });
  const part = `${output}.part`;
  const diagnostics = diagnosticsOf(engines, rows);
  const writer = await HkaWriter.open(part, { overwrite: true });
  try {
    let sequence = 0;
    const append = <N extends keyof Tables>(name: N, all: readonly RowOf<Tables[N]>[], sourceId = SOURCE_ID) => {
      for (let from = 0; from < all.length; from += PACKET_ROW_COUNT_MAX) {
        const packet = encodeRows(tables[name] as Tables[N], all.slice(from, from + PACKET_ROW_COUNT_MAX));
        sequence += 1;
        stampHeader(packet, sequence, sourceId);
        writer.append(packet);
      }
    };
    append('session', [sessionRow(paths)], 0);
    const command = groups.flat().map(({ path, file }) => `${OPTION_OF[file.kind]}=${path}`);
    const nobodyKnows = { timeNs: 0, pid: 0, parentPid: 0, exitCode: -1 };
    const started = { event: enums.processEvent.started, executable: 'trtexec' };
    append('process', [{ ...nobodyKnows, ...started, arguments: ['trtexec', ...command].join(' ') }]);
    append('diagnostic', diagnostics);
    for (const { layer, edge, batch, request } of rows) {
      append('layer', layer);
      append('edge', edge);
      append('batch', batch);
      append('request', request);
    }
    await writer.close();
    renameSync(part, output);
  } catch (error) {
    await writer.close().catch(() => {}); // what was refused before is told
    rmSync(part, { force: true });
    throw fileFailure(error, output, 'write');
  }
  const countOf = (name: 'layer' | 'edge' | 'batch') => rows.reduce((sum, each) => sum + each[name].length, 0);
  return {
    engines: engines.map(({ engine }) => engine),
    ...{ layerCount: countOf('layer'), edgeCount: countOf('edge'), runCount: countOf('batch') },
    warnings: diagnostics.filter(({ severity }) => severity === enums.severity.warning),
  };
}
