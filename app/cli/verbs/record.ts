import { basename } from 'node:path';
import { TRACE_KINDS, TRACE_KINDS_DEFAULT, type TraceKind } from '../../../shared/model/enums';
import { type Parsed, positiveNumber, usage, type Verb } from '../command';
import { recordJob } from '../record-session';
import { tellRecording } from '../session-text';

const MS_PER_SEC = 1000;

/** nsys's words for groups of kinds. */
const GROUPS: Readonly<Record<string, readonly TraceKind[]>> = {
  cuda: ['kernel', 'memcpy', 'memset', 'memory', 'api', 'overhead'],
  all: TRACE_KINDS,
  none: [],
};

/** The kinds of `--trace`. Throws UsageError for a word that is none. */
export function parseTrace(text: string | undefined): TraceKind[] {
  if (text === undefined) return [...TRACE_KINDS_DEFAULT];
  const kinds = new Set<TraceKind>();
  for (const word of text.split(',').map((each) => each.trim())) {
    const named = GROUPS[word] ?? TRACE_KINDS.filter((kind) => kind === word);
    if (named.length === 0 && word !== 'none') {
      throw usage(`--trace takes ${[...TRACE_KINDS, ...Object.keys(GROUPS)].join(', ')}, not "${word}".`);
    }
    for (const kind of named) kinds.add(kind);
  }
  return [...kinds];
}

/** program-20261121-063000.hka: sorts by time, needs no quoting. */
export function defaultFileName(program: string, now: Date): string {
  const stamp = now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${basename(program).replace(/[^\w.-]/g, '_')}-${stamp}.hka`;
}

function environmentOf(parsed: Parsed): Record<string, string> {
  const words = parsed.text('env')?.split(',') ?? [];
  return Object.fromEntries(
    words.map((word) => {
      const equals = word.indexOf('=');
      if (equals <= 0) throw usage(`--env takes NAME=VALUE[,NAME=VALUE], not "${word}".`);
      return [word.slice(0, equals), word.slice(equals + 1)];
    }),
  );
}

/** `hookanalyzer record`: any program into a session file. */
export const record: Verb = {
  name: 'record',
  summary: 'Record a program, here or on a board, into a session file.',
  usage: '[--on USER@HOST[:PORT]] [--trace KINDS] [-d SECONDS] [-y DELAY] [-o FILE.hka] -- PROGRAM ARGS…',
  wordCount: [0, 0],
  examples: [
    'hookanalyzer record -- python3 infer.py',
    'hookanalyzer record --on nvidia@orin -d 10 -o run.hka -- ./app --batch 4',
  ],
  options: {
    on: {
      type: 'string',
      value: 'USER@HOST[:PORT]',
      help: 'the machine whose probe runs the program (hookanalyzer serve)',
    },
    socket: { type: 'string', value: 'PATH', help: 'of the probe there, when it is not the default one' },
    trace: { type: 'string', short: 't', value: 'KINDS', help: `of ${TRACE_KINDS.join(',')}; or cuda, all, none` },
    duration: { type: 'string', short: 'd', value: 'SECONDS', help: 'end the program after this long' },
    delay: { type: 'string', short: 'y', value: 'SECONDS', help: 'begin tracing this long after the start' },
    output: { type: 'string', short: 'o', value: 'FILE.hka', help: 'where to write (default PROGRAM-DATE-TIME.hka)' },
    force: { type: 'boolean', short: 'f', help: 'replace the file if it exists' },
    cwd: { type: 'string', value: 'FOLDER', help: 'where the program runs' },
    env: { type: 'string', short: 'e', value: 'NAME=VALUE[,…]', help: 'added to the program’s environment' },
    'latency-timestamps': { type: 'boolean', help: 'also when kernels were queued and submitted; costs more' },
  },
  run: async (parsed, terminal) => {
    const [command, ...args] = parsed.program ?? [];
    if (command === undefined)
      throw usage('name the program to record behind --, as in: hookanalyzer record -- ./app.');
    const durationSec = positiveNumber(parsed, 'duration');
    const delaySec = positiveNumber(parsed, 'delay');
    const on = parsed.text('on');
    if (!on && parsed.text('socket')) throw usage('--socket goes with --on.');
    const filePath = parsed.text('output') ?? defaultFileName(command, new Date());
    const delayMs = delaySec === undefined ? undefined : delaySec * MS_PER_SEC;
    const result = await recordJob(
      {
        launch: {
          command,
          args,
          cwd: parsed.text('cwd') ?? (on ? undefined : process.cwd()),
          env: environmentOf(parsed),
          kinds: parseTrace(parsed.text('trace')),
          delayMs,
          latencyTimestamps: parsed.flag('latency-timestamps'),
        },
        filePath,
        overwrite: parsed.flag('force'),
        durationMs: durationSec === undefined ? undefined : durationSec * MS_PER_SEC + (delayMs ?? 0),
        on,
        socket: parsed.text('socket'),
      },
      terminal,
    );
    await tellRecording(filePath, terminal);
    return result.endedByDuration ? 0 : result.exitCode;
  },
};
