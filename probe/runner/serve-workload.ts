// The verb `workload`: finds the text, reads it, runs it beside a connection to the probe.

import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { enums } from '../../shared/model/enums';
import { sessionFromMonotonic } from '../../shared/units/units';
import { FailureError, failure } from '../../shared/util/failure';
import { encodeRows } from '../../shared/wire/encode';
import { tables } from '../../shared/wire/tables';
import { parseWorkload } from '../workloads/parse-workload';
import { presetText } from '../workloads/presets';
import { runWorkload } from '../workloads/run-workload';
import { workloadText } from '../workloads/sentence';
import type { Workload } from '../workloads/workload';
import type { RunnerArguments, WorkloadArguments } from './arguments';
import type { ProbeConnection } from './probe-connection';
import { connectIfAsked, sendExit, sendStart, tell } from './recorded-device';
import { stopSignal } from './stop-signal';

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'There is no' : 'Nobody can read the';
    throw failure('noFile', `${reason} workload file ${path}.`, 'Check the name.');
  }
}

function readWorkload({ presetName, filePath, text, folder = process.cwd() }: WorkloadArguments): Workload {
  if (presetName !== undefined) return parseWorkload(presetText(presetName), { label: presetName, folder });
  if (text !== undefined) return parseWorkload(text, { label: 'file', folder });
  const path = resolve(filePath ?? '');
  return parseWorkload(readFile(path), { label: path, folder: dirname(path) });
}

function sendFailure(connection: ProbeConnection, { failure: { code, sentence, remedy } }: FailureError): void {
  const timeNs = sessionFromMonotonic(process.hrtime.bigint(), connection.epochNs);
  const row = { timeNs, severity: enums.severity.error, code, sentence, remedy };
  connection.send(encodeRows(tables.diagnostic, [row], connection.sourceId));
}

/** Returns the exit code. Throws FailureError, which the probe was told of. */
export async function serveWorkload(options: RunnerArguments): Promise<number> {
  const given = options.workload!;
  const connection = await connectIfAsked({ takesChanges: true });
  if (connection) sendStart(connection);
  try {
    const workload = readWorkload(given);
    const policy = given.policy ?? workload.policy;
    const durationNs = given.seconds === undefined ? workload.durationNs : given.seconds * 1e9;
    const result = await runWorkload({
      ...{ workload, policy, durationNs, connection, tell },
      seed: given.seed ?? workload.seed,
      device: options.device,
      threads: options.threads,
      addonPath: options.addonPath,
      controlPath: given.controlPath,
      sensorsRoot: given.sensorsRoot,
      signal: stopSignal(),
      print: options.isPrinting ? (line) => process.stdout.write(`${line}\n`) : undefined,
    });
    if (!options.isPrinting) process.stdout.write(workloadText(workload.name, policy, result));
    return 0;
  } catch (error) {
    if (connection && error instanceof FailureError) sendFailure(connection, error);
    throw error;
  } finally {
    if (connection) sendExit(connection);
    await connection?.close();
  }
}
