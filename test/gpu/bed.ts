// What every GPU test uses: the kit's programs, a private probe, a recording, and a list of what was expected and found.

import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { startLocalProbe } from '../../app/host/link/local-probe';
import { type RecordResult, recordTarget } from '../../app/host/session/recorder';
import { TRACE_KINDS_DEFAULT, type TraceKind } from '../../shared/model/enums';
import { openRecording, type Recording } from './recording';

export interface Kit {
  /** The folder of the kit. */
  readonly kit: string;
  /** A folder for what is not kept. */
  readonly work: string;
  /** A folder for results and recordings. */
  readonly out: string;
}

export interface Finding {
  readonly what: string;
  readonly expected: unknown;
  readonly found: unknown;
  readonly holds: boolean;
}

export interface TestOutcome {
  readonly findings: Finding[];
  readonly figures: Record<string, unknown>;
}

/** One test: what it expects goes into `expect`, what it measures into `figures`. */
export type GpuTest = (bed: Bed) => Promise<void>;

export interface RecordOptions {
  readonly kinds?: readonly TraceKind[];
  readonly env?: Record<string, string | null>;
  readonly collector?: string;
  readonly name: string;
  /** Called with the probe's transport while the program runs. */
  readonly during?: (probe: { readonly socketPath: string }) => Promise<void>;
}

export interface Run {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export class Bed {
  readonly findings: Finding[] = [];
  readonly figures: Record<string, unknown> = {};
  private readonly demangleAll: (names: string[]) => string[];

  constructor(readonly kit: Kit) {
    const addonPath = join(kit.kit, 'out/native/Release/hookanalyzer.node');
    this.demangleAll = createRequire(addonPath)(addonPath).demangle;
  }

  /** The path of a test program, compiled before the first test. */
  program(name: string): string {
    return join(this.kit.work, name);
  }

  /** The name of a script, which lies in the working folder: a recording that is kept shows no path of the machine. */
  script(name: string): string {
    return name;
  }

  expect(what: string, found: unknown, expected: unknown): void {
    const holds = isDeepStrictEqual(found, expected);
    this.findings.push({ what, expected, found, holds });
    process.stdout.write(
      `  ${holds ? 'ok  ' : 'FAIL'} ${what}${holds ? '' : `: ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`}\n`,
    );
  }

  /** A program as it runs without us. */
  plain(command: string, args: readonly string[], env: Record<string, string> = {}): Run {
    const done = spawnSync(command, args, { cwd: this.kit.work, env: { ...process.env, ...env }, maxBuffer: 2 ** 28 });
    return { exitCode: done.status ?? -1, stdout: done.stdout.toString(), stderr: done.stderr.toString() };
  }

  /** A program recorded by a private probe on this machine. */
  async record(
    command: string,
    args: readonly string[],
    options: RecordOptions,
  ): Promise<Run & { result: RecordResult; recording: Recording; path: string }> {
    const folder = join(this.kit.work, options.name);
    const path = join(this.kit.work, `${options.name}.hka`);
    const socketPath = join(folder, 'probe.sock');
    const probe = await startLocalProbe({
      probePath: join(this.kit.kit, 'out/node/probe.js'),
      collectorPath: options.collector ?? join(this.kit.kit, 'out/native/lib/libhookcollector.so'),
      spoolDir: join(folder, 'spool'),
      socketPath,
    });
    const text = { stdout: '', stderr: '' };
    try {
      const recorded = recordTarget({
        transport: probe.transport,
        launch: {
          command,
          args: [...args],
          cwd: this.kit.work,
          env: options.env,
          kinds: [...(options.kinds ?? TRACE_KINDS_DEFAULT)],
        },
        filePath: path,
        overwrite: true,
        onOutput: (stream, piece) => {
          text[stream] += piece;
        },
      });
      const [result] = await Promise.all([recorded, options.during?.({ socketPath })]);
      return { ...text, exitCode: result.exitCode, result, path, recording: await this.open(path) };
    } finally {
      await probe.stop();
    }
  }

  open(path: string): Promise<Recording> {
    return openRecording(path, (name) => this.demangleAll([name])[0]);
  }
}
