// A session file's summary in words.

import { basename } from 'node:path';
import { enumWord } from '../../shared/model/enums';
import { formatBytes, formatCount, formatNs } from '../../shared/units/format';
import type { TableName } from '../../shared/wire/tables';
import { type HkaSummary, readHka } from '../host/session/hka-reader';
import type { Terminal } from './command';

const LABEL_CHARS = 12;

function line(name: string, text: string): string {
  return `${name.padEnd(LABEL_CHARS)} ${text}\n`;
}

function recordedSpan({ firstNs, lastNs }: HkaSummary): string {
  return firstNs === undefined || lastNs === undefined ? 'no events' : formatNs(lastNs - firstNs);
}

function lostCount({ losses, gaps }: HkaSummary): number {
  return losses.reduce((sum, { count }) => sum + count, 0) + gaps.reduce((sum, { rowCount }) => sum + rowCount, 0);
}

function troubles(summary: HkaSummary): string[] {
  const lines = [
    ...summary.losses.map(
      ({ stage, reason, count, bytes }) =>
        `lost at ${stage}: ${formatCount(count)} records, ${formatBytes(bytes)} (${reason})`,
    ),
    ...summary.gaps.map(
      ({ packetCount, rowCount }) =>
        `gap: ${formatCount(rowCount)} rows in ${formatCount(packetCount)} packets left the ring unread`,
    ),
  ];
  if (!summary.isClosed)
    lines.push('the recording was not ended properly; everything up to its last whole packet is here');
  if (summary.truncatedBytes > 0)
    lines.push(
      `${formatBytes(summary.truncatedBytes)} at the end could not be read${summary.ending ? `: ${summary.ending}` : ''}`,
    );
  if (summary.damagedPackets > 0) lines.push(`${formatCount(summary.damagedPackets)} damaged packets were passed over`);
  if (summary.unknownPackets > 0)
    lines.push(`${formatCount(summary.unknownPackets)} packets are of tables that this version does not know`);
  if (summary.missingPackets > 0)
    lines.push(`${formatCount(summary.missingPackets)} packets are missing without a reason given`);
  return lines;
}

function diagnosticLines(summary: HkaSummary): string[] {
  return summary.diagnostics.map(
    ({ severity, sentence, remedy }) => `${enumWord('severity', severity)}: ${sentence}${remedy ? ` ${remedy}` : ''}`,
  );
}

/** What `hookanalyzer info` prints. */
export function describeSession(path: string, summary: HkaSummary): string {
  const { session } = summary;
  const parts = [line('file', `${path}, ${formatBytes(summary.fileBytes)}`)];
  if (session) {
    parts.push(
      line(
        'recorded',
        `${new Date(session.epochUnixMs).toISOString()} on ${session.hostName} (${session.model}; ${session.system})`,
      ),
    );
    parts.push(line('probe', `${session.probeVersion}, session ${session.sessionId}`));
  }
  parts.push(line('duration', recordedSpan(summary)));
  for (const { name, kind, smCount } of summary.devices) {
    parts.push(line('device', kind === 2 ? `CPU: ${name}, ${smCount} threads` : `GPU: ${name}, ${smCount} SMs`));
  }
  // A launched process that is captured too is told twice: by the probe and by its own collector.
  const commands = new Map(summary.processes.filter(({ event }) => event === 1).map((row) => [row.pid, row.arguments]));
  for (const [pid, command] of commands) parts.push(line('process', `${pid} ${command}`));
  for (const [name, { rows, packets }] of Object.entries(summary.tables)) {
    parts.push(line(name, `${formatCount(rows)} rows in ${formatCount(packets)} packets`));
  }
  const bad = troubles(summary);
  for (const trouble of bad.length > 0 ? bad : ['none']) parts.push(line('losses', trouble));
  for (const text of diagnosticLines(summary)) parts.push(line('diagnostic', text));
  return parts.join('');
}

/** After a recording: what is in the file, what was lost, and every warning with its remedy. On stderr. */
export async function tellRecording(
  path: string,
  terminal: Terminal,
  { isWorkload = false }: { readonly isWorkload?: boolean } = {},
): Promise<void> {
  const summary = await readHka(path, { onPacket: () => {} });
  const rows = (name: TableName) => summary.tables[name]?.rows ?? 0;
  const isCpu = summary.devices.length > 0 && summary.devices.every(({ kind }) => kind === 2);
  const served = [`${formatCount(rows('request'))} requests`, `${formatCount(rows('batch'))} batches`];
  const counts = [
    ...(isWorkload ? served : []),
    `${formatCount(rows('kernel'))} kernels${isCpu ? ' on the CPU' : ''}`,
    `${formatCount(rows('memcpy'))} copies`,
    `${formatCount(rows('memory'))} allocations and frees`,
    `${formatCount(rows('api'))} calls`,
    `${formatCount(rows('range'))} ranges`,
    `${formatCount(lostCount(summary))} lost`,
  ];
  terminal.err(`hookanalyzer: ${basename(path)}: ${counts.join(', ')}; ${formatBytes(summary.fileBytes)}\n`);
  for (const trouble of troubles(summary)) terminal.err(`hookanalyzer: ${trouble}\n`);
  for (const { severity, sentence, remedy } of summary.diagnostics) {
    if (severity > 1) terminal.err(`hookanalyzer: ${enumWord('severity', severity)}: ${sentence} ${remedy}\n`);
  }
  if (!isWorkload && summary.devices.length === 0 && summary.diagnostics.every(({ severity }) => severity === 1)) {
    terminal.err('hookanalyzer: the program did not use CUDA\n');
  }
}
