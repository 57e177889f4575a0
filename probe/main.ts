// The probe's own process: probe.js serve [--socket PATH] [--spool FOLDER] [--ring-bytes N] [--collector PATH] [--exit-with-parent]

import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PROBE_SOCKET, PROBE_SPOOL } from '../shared/rpc/places';
import { GIB, MIB } from '../shared/units/units';
import { FailureError } from '../shared/util/failure';
import { Probe, type ProbeOptions } from './daemon/probe';

const USAGE =
  'Usage: probe serve [--socket PATH] [--spool FOLDER] [--ring-bytes N] [--collector PATH] [--exit-with-parent]';
const RING_BYTES_MIN = 32 * MIB;

function stopWith(code: number, sentence: string): never {
  process.stderr.write(`probe: ${sentence}\n`);
  process.exit(code);
}

function parse(): { options: ProbeOptions; exitsWithParent: boolean } {
  let values: Record<string, string | boolean | undefined>;
  let words: string[];
  try {
    ({ values, positionals: words } = parseArgs({
      options: {
        socket: { type: 'string' },
        spool: { type: 'string' },
        'ring-bytes': { type: 'string' },
        collector: { type: 'string' },
        'exit-with-parent': { type: 'boolean' },
      },
      allowPositionals: true,
    }));
  } catch (error) {
    return stopWith(2, `${(error as Error).message.split('\n')[0]} ${USAGE}`);
  }
  if (words.length !== 1 || words[0] !== 'serve') stopWith(2, USAGE);
  const ringBytes = Number(values['ring-bytes'] ?? GIB);
  if (!Number.isSafeInteger(ringBytes) || ringBytes < RING_BYTES_MIN) {
    stopWith(2, `--ring-bytes takes a number of bytes from ${RING_BYTES_MIN} up. ${USAGE}`);
  }
  return {
    options: {
      socketPath: (values.socket as string | undefined) ?? join(homedir(), PROBE_SOCKET),
      spoolDirectory: (values.spool as string | undefined) ?? join(homedir(), PROBE_SPOOL),
      ringBytesMax: ringBytes,
      collectorPath: values.collector as string | undefined,
    },
    exitsWithParent: values['exit-with-parent'] === true,
  };
}

async function main(): Promise<void> {
  const { options, exitsWithParent } = parse();
  const probe = await Probe.start(options);
  process.stdout.write(`${JSON.stringify({ ready: true, socket: options.socketPath, sessionId: probe.sessionId })}\n`);
  const asked = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
    if (!exitsWithParent) return;
    process.stdin.resume();
    process.stdin.once('close', () => resolve());
  });
  await Promise.race([asked, probe.shutdownAsked]);
  await probe.close();
  process.exit(0);
}

main().catch((error: unknown) => {
  if (error instanceof FailureError) stopWith(1, error.message);
  throw error;
});
