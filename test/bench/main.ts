// `npm run bench [NAME…]`: the benchmarks at their real sizes, as a table and as JSON in test/bench/results.

import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Bench, BenchResult } from './bench-result';
import * as link from './link-throughput';
import * as open from './open-file';
import * as probe from './probe-throughput';
import * as scheduler from './scheduler';
import * as session from './session';
import * as timeline from './timeline-tick';
import * as latency from './window-latency';

const ALONE = '--alone';
const BENCHES: Readonly<Record<string, Bench>> = { probe, link, session, timeline, open, latency, scheduler };

function line({ name, unit, value, baseline, baselineName, goal, detail }: BenchResult): string {
  const words = [`${value.toFixed(2)} ${unit}`.padEnd(24), name];
  if (baseline !== undefined) words.push(`(${baselineName}: ${baseline.toFixed(2)})`);
  if (goal) words.push(`goal ${goal}`);
  if (detail) words.push(detail);
  return `${words.join('  ')}\n`;
}

/** Runs one benchmark in a process of its own, so that none inherits another's heap. Throws when it failed. */
async function runAlone(name: string): Promise<BenchResult[]> {
  const child = fork(process.argv[1], [ALONE, name]);
  const results = once(child, 'message');
  const [exitCode] = await once(child, 'exit');
  if (exitCode !== 0) throw new Error(`the benchmark ${name} failed`);
  const [message] = await results;
  return message as BenchResult[];
}

interface Measured {
  readonly machine: string;
  readonly commit: string;
  readonly results: readonly BenchResult[];
}

/** Puts a benchmark's results in place of its former ones; those of others stay as they are. */
function keep(name: string, measured: Measured): void {
  const folder = join('test', 'bench', 'results');
  const path = join(folder, 'results.json');
  mkdirSync(folder, { recursive: true });
  const former = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Record<string, Measured>) : {};
  const known = Object.keys(BENCHES).flatMap((each) => {
    const found = each === name ? measured : former[each];
    return found ? [[each, found] as const] : [];
  });
  writeFileSync(path, `${JSON.stringify(Object.fromEntries(known), undefined, 1)}\n`);
}

async function main(): Promise<void> {
  const [mode, alone] = process.argv.slice(2);
  if (mode === ALONE) {
    const results = await BENCHES[alone].run('real');
    await new Promise((resolve) => process.send?.(results, resolve));
    return;
  }
  const wanted = process.argv.slice(2);
  const unknown = wanted.find((name) => !Object.hasOwn(BENCHES, name));
  if (unknown) {
    process.stderr.write(`bench: there is no benchmark "${unknown}"; there are ${Object.keys(BENCHES).join(', ')}.\n`);
    process.exit(2);
  }
  const commit = spawnSync('git', ['rev-parse', 'HEAD']).stdout?.toString().trim() ?? '';
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`;
  for (const name of Object.keys(BENCHES)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const results = await runAlone(name);
    for (const result of results) process.stdout.write(line(result));
    keep(name, { machine, commit, results });
  }
}

main().then(() => process.exit(0));
