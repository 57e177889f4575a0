// The hookanalyzer command: finds the verb, runs it, turns errors into one sentence and an exit code.

import packageJson from '../../package.json';
import { FailureError } from '../../shared/util/failure';
import { helpOf, parseVerb, type Terminal, UsageError, type Verb } from './command';
import { demo } from './verbs/demo';
import { doctor } from './verbs/doctor';
import { experiment } from './verbs/experiment';
import { exportVerb } from './verbs/export';
import { importVerb } from './verbs/import';
import { info } from './verbs/info';
import { open } from './verbs/open';
import { query } from './verbs/query';
import { record } from './verbs/record';
import { serve } from './verbs/serve';
import { stats } from './verbs/stats';
import { workload } from './verbs/workload';

const VERBS: readonly Verb[] = [
  demo,
  record,
  experiment,
  workload,
  info,
  stats,
  exportVerb,
  importVerb,
  query,
  open,
  serve,
  doctor,
];

function overview(): string {
  const lines = VERBS.map((verb) => `  ${verb.name.padEnd(10)} ${verb.summary}`);
  return `HookAnalyzer ${packageJson.version}: live profiler for CUDA programs on a tethered Jetson.

Usage: hookanalyzer VERB [options]

${lines.join('\n')}

hookanalyzer VERB --help shows the options and an example.
`;
}

function errorText(error: unknown, verbose: boolean): string {
  const message = error instanceof Error ? error.message : String(error);
  if (verbose && error instanceof Error) return error.stack ?? message;
  if (error instanceof FailureError) return message;
  return `${message.split('\n')[0]} This is a fault of HookAnalyzer; --verbose shows where.`;
}

/** Runs one command line without the program's name. Returns the exit code; never throws. */
export async function runCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    (name === undefined ? terminal.err : terminal.out)(overview());
    return name === undefined ? 2 : 0;
  }
  if (name === '--version' || name === 'version') {
    terminal.out(`${packageJson.version}\n`);
    return 0;
  }
  const verb = VERBS.find((each) => each.name === name);
  if (!verb) {
    terminal.err(`hookanalyzer: there is no verb "${name}". hookanalyzer --help lists them.\n`);
    return 2;
  }
  let verbose = terminal.verbose;
  try {
    const parsed = parseVerb(verb, rest);
    verbose ||= parsed.verbose;
    if (parsed.wantsHelp) {
      terminal.out(helpOf(verb));
      return 0;
    }
    return await verb.run(parsed, { ...terminal, verbose });
  } catch (error) {
    if (error instanceof UsageError) {
      terminal.err(`hookanalyzer ${name}: ${error.message} hookanalyzer ${name} --help shows an example.\n`);
      return 2;
    }
    terminal.err(`hookanalyzer ${name}: ${errorText(error, verbose)}\n`);
    return 1;
  }
}
