import { spawn } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { PROBE_SOCKET, PROBE_SPOOL } from '../../../shared/rpc/places';
import { MIB } from '../../../shared/units/units';
import { findInstallation } from '../../host/installation';
import { positiveNumber, type Verb } from '../command';

/** `hookanalyzer serve`: the probe in the foreground. Ends with it. */
export const serve: Verb = {
  name: 'serve',
  summary: 'Run the probe in the foreground, for `record --on` and for the window.',
  usage: '[--socket PATH] [--spool FOLDER] [--ring-mib N]',
  wordCount: [0, 0],
  examples: ['hookanalyzer serve', 'hookanalyzer serve --ring-mib 256'],
  options: {
    socket: { type: 'string', value: 'PATH', help: `where to listen (default ~/${PROBE_SOCKET})` },
    spool: { type: 'string', value: 'FOLDER', help: `the ring on disk (default ~/${PROBE_SPOOL})` },
    'ring-mib': { type: 'string', value: 'N', help: 'size of the ring (default 1024)' },
  },
  run: async (parsed, terminal) => {
    const { probePath, collectorPath } = findInstallation();
    const socket = parsed.text('socket') ?? join(homedir(), PROBE_SOCKET);
    const spool = parsed.text('spool') ?? join(homedir(), PROBE_SPOOL);
    const ringMib = positiveNumber(parsed, 'ring-mib');
    const args = [probePath, 'serve', '--socket', socket, '--spool', spool];
    if (collectorPath) args.push('--collector', collectorPath);
    if (ringMib) args.push('--ring-bytes', String(Math.round(ringMib * MIB)));
    const probe = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const stop = (signal: NodeJS.Signals) => probe.kill(signal);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(signal));
    probe.stdout.once('data', () => {
      terminal.err(`hookanalyzer: the probe listens at ${socket}. Ctrl-C ends it.\n`);
      if (!collectorPath)
        terminal.err('hookanalyzer: the collector is not built, so CUDA programs run but are not captured.\n');
    });
    return new Promise((resolve) => probe.once('close', (code) => resolve(code ?? 1)));
  },
};
