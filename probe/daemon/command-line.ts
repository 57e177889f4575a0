import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { PROBE_SOCKET, PROBE_SPOOL } from '../../shared/rpc/places';
import { RING_BYTES_MIN } from '../spool/limits';
import type { ProbeOptions } from './probe';

export const USAGE =
  'Usage: probe.js serve [--socket PATH] [--spool DIR] [--ring-bytes N] [--collector PATH] [--exit-with-parent]\n';

export interface Command {
  readonly options: ProbeOptions;
  readonly endsWithParent: boolean;
}

/** Parses the words behind the program's name. Throws an Error whose message is for the user. */
export function parseCommand(words: readonly string[], home: string): Command {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      socket: { type: 'string' },
      spool: { type: 'string' },
      'ring-bytes': { type: 'string' },
      collector: { type: 'string' },
      'exit-with-parent': { type: 'boolean' },
    },
  });
  if (positionals.length !== 1 || positionals[0] !== 'serve') throw new Error('The only verb is serve.');
  const ringBytes = values['ring-bytes'] === undefined ? undefined : Number(values['ring-bytes']);
  if (ringBytes !== undefined && !(Number.isSafeInteger(ringBytes) && ringBytes >= RING_BYTES_MIN)) {
    throw new Error(`--ring-bytes takes a number of at least ${RING_BYTES_MIN}.`);
  }
  return {
    options: {
      socketPath: resolve(values.socket ?? join(home, PROBE_SOCKET)),
      spoolFolder: resolve(values.spool ?? join(home, PROBE_SPOOL)),
      collectorPath: values.collector === undefined ? undefined : resolve(values.collector),
      ringBytes,
    },
    endsWithParent: values['exit-with-parent'] === true,
  };
}
