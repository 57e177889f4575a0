// Runs the GPU tests of the kit: gpu-tests.js --kit FOLDER --work FOLDER --out FOLDER [TEST…]. Writes OUT/results.json; exit code 1 when
// something did not hold.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Bed, type GpuTest, type Kit, type TestOutcome } from './bed';
import { preparePrograms } from './build-programs';
import { coexistence } from './coexistence';
import { compiler } from './compiler';
import { counters } from './counters';
import { detector } from './detector';
import { experiments } from './experiments';
import { external } from './external';
import { kernelSpeed } from './kernel-speed';
import { knownCounts } from './known-counts';
import { launchCost } from './launch-cost';
import { liveLatency } from './live-latency';
import { occupancy } from './occupancy';
import { pytorch } from './pytorch';
import { switching } from './switching';
import { workload } from './workload';

const TESTS: Readonly<Record<string, GpuTest>> = {
  knownCounts,
  workload,
  pytorch,
  launchCost,
  switching,
  coexistence,
  liveLatency,
  occupancy,
  counters,
  compiler,
  kernelSpeed,
  detector,
  external,
  experiments,
};

function said(command: string, ...args: string[]): string {
  return spawnSync(command, args).stdout?.toString().trim() ?? '';
}

function machine(kit: Kit): Record<string, unknown> {
  const commit = join(kit.kit, 'commit.txt');
  return {
    gpu: said('nvidia-smi', '--query-gpu=name,driver_version', '--format=csv,noheader'),
    cpu: `${cpus().length} × ${cpus()[0]?.model ?? ''}`,
    kernel: said('uname', '-sr'),
    nvcc: said('nvcc', '--version').split('\n').pop(),
    commit: existsSync(commit) ? readFileSync(commit, 'utf8') : '',
    date: new Date().toISOString().slice(0, 10),
  };
}

async function runTest(name: string, kit: Kit): Promise<TestOutcome> {
  process.stdout.write(`${name}\n`);
  const bed = new Bed(kit);
  try {
    await TESTS[name](bed);
  } catch (error) {
    bed.expect(
      `${name} runs to its end`,
      error instanceof Error ? (error.stack ?? error.message) : String(error),
      'no error',
    );
  }
  return { findings: bed.findings, figures: bed.figures };
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { kit: { type: 'string' }, work: { type: 'string' }, out: { type: 'string' } },
    allowPositionals: true,
  });
  const kit: Kit = { kit: values.kit ?? '.', work: values.work ?? '.', out: values.out ?? '.' };
  preparePrograms(kit);
  const outcomes: Record<string, TestOutcome> = {};
  for (const name of positionals.length > 0 ? positionals : Object.keys(TESTS)) {
    outcomes[name] = await runTest(name, kit);
    const text = JSON.stringify({ machine: machine(kit), tests: outcomes }, undefined, 1);
    writeFileSync(join(kit.out, 'results.json'), `${text}\n`);
  }
  const findings = Object.values(outcomes).flatMap((outcome) => outcome.findings);
  const failedCount = findings.filter((finding) => !finding.holds).length;
  process.stdout.write(`${findings.length - failedCount} hold, ${failedCount} do not\n`);
  return failedCount === 0 ? 0 : 1;
}

main().then((code) => process.exit(code));
