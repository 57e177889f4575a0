import { homedir } from 'node:os';
import { findInstallation } from '../../host/installation';
import { oneOf, type Verb } from '../command';
import type { Check } from '../doctor/check';
import { checkCupti, checkDriver, checkPermission, checkRivals } from '../doctor/cuda';
import { checkDisk, checkNative, checkProbe, checkSsh, checkStore } from '../doctor/machine';

const SIGN: Readonly<Record<Check['state'], string>> = { ok: 'ok     ', limited: 'limited', missing: 'missing' };

/** All checks of this machine. */
export async function examine(): Promise<Check[]> {
  const home = homedir();
  return [
    checkDriver('/'),
    checkCupti('/'),
    checkPermission('/', process.getuid?.() ?? -1),
    checkRivals('/', process.env),
    checkNative(findInstallation()),
    await checkStore(),
    await checkSsh(home, process.env),
    checkDisk(process.cwd()),
    await checkProbe(home),
  ];
}

function describe(check: Check): string {
  const lines = [`${SIGN[check.state]}  ${check.name}: ${check.found}`];
  if (check.without) lines.push(`         still works: ${check.without}`);
  if (check.remedy) lines.push(`         to mend: ${check.remedy}`);
  return `${lines.join('\n')}\n`;
}

/** `hookanalyzer doctor`: what works on this machine, and why not. */
export const doctor: Verb = {
  name: 'doctor',
  summary: 'Say what works on this machine, what does not, and why.',
  usage: '[--format text|json]',
  wordCount: [0, 0],
  examples: ['hookanalyzer doctor'],
  options: { format: { type: 'string', value: 'text|json', help: 'how to print it (default text)' } },
  run: async (parsed, terminal) => {
    const format = oneOf(parsed, 'format', ['text', 'json'], 'text');
    const checks = await examine();
    terminal.out(format === 'json' ? `${JSON.stringify(checks, undefined, 2)}\n` : checks.map(describe).join(''));
    return 0;
  },
};
