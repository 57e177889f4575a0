// `npm run bench [NAME…]`: the benchmarks at their real sizes, as a table and as JSON in test/bench/results.

import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Bench, BenchResult } from './bench-result';
import * as link from './link-throughput';
import * as probe from './probe-throughput';
import * as session from './session';

const BENCHES: Readonly<Record<string, Bench>> = { probe, link, session };

function line({ name, unit, value, baseline, baselineName, goal, detail }: BenchResult): string {
  const words = [`${value.toFixed(2)} ${unit}`.padEnd(24), name];
  if (baseline !== undefined) words.push(`(${baselineName}: ${baseline.toFixed(2)})`);
  if (goal) words.push(`goal ${goal}`);
  if (detail) words.push(detail);
  return `${words.join('  ')}\n`;
}

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const unknown = wanted.find((name) => !Object.hasOwn(BENCHES, name));
  if (unknown) {
    process.stderr.write(`bench: there is no benchmark "${unknown}"; there are ${Object.keys(BENCHES).join(', ')}.\n`);
    process.exit(2);
  }
  const results: Record<string, BenchResult[]> = {};
  for (const [name, bench] of Object.entries(BENCHES)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    results[name] = await bench.run('real');
    for (const result of results[name]) process.stdout.write(line(result));
  }
  const commit = spawnSync('git', ['rev-parse', 'HEAD']).stdout?.toString().trim() ?? '';
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`;
  const folder = join('test', 'bench', 'results');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'results.json'), `${JSON.stringify({ machine, commit, results }, undefined, 1)}\n`);
}

main().then(() => process.exit(0));
