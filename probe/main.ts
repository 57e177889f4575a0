// The probe as a process: `probe.js serve`. One JSON line on stdout when it listens; one sentence on stderr and exit code 1 when it
// cannot, 2 when the command line is wrong.

import { homedir } from 'node:os';
import { FailureError } from '../shared/util/failure';
import { type Command, parseCommand, USAGE } from './daemon/command-line';
import { startProbe } from './daemon/probe';

async function serve({ options, endsWithParent }: Command): Promise<void> {
  const probe = await startProbe(options);
  const stop = () => void probe.close();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop);
  if (endsWithParent) process.stdin.on('end', stop).on('error', stop).resume();
  const ready = { ready: true, socket: options.socketPath, sessionId: probe.sessionId };
  process.stdout.on('error', () => undefined); // nobody has to read the line
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  await probe.closed;
}

async function main(): Promise<number> {
  let command: Command;
  try {
    command = parseCommand(process.argv.slice(2), homedir());
  } catch (error) {
    process.stderr.write(`probe: ${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  try {
    await serve(command);
    return 0;
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    process.stderr.write(`probe: ${error.message}\n`);
    return 1;
  }
}

void main().then((code) => process.exit(code));
