// The program comes first: without a collector, without CUPTI and beside a rival its result is its own, and the file says why
// nothing was captured.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Bed, GpuTest } from './bed';

const FOLDERS = [
  '/usr/local/cuda/targets/x86_64-linux/lib',
  '/usr/local/cuda/targets/aarch64-linux/lib',
  '/usr/local/cuda/extras/CUPTI/lib64',
  '/usr/local/cuda/lib64',
];

function installedCupti(): string {
  for (const folder of FOLDERS.filter(existsSync)) {
    const name = readdirSync(folder).find((each) => /^libcupti\.so\.\d+$/.test(each));
    if (name) return join(folder, name);
  }
  throw new Error('no libcupti in the usual folders');
}

async function unchanged(
  bed: Bed,
  name: string,
  args: string[],
  options: { env?: Record<string, string>; collector?: string },
  code: RegExp,
): Promise<void> {
  const plain = bed.plain(bed.program('rival'), args);
  const recorded = await bed.record(bed.program('rival'), args, { name, ...options });
  bed.expect(
    `${name}: result unchanged`,
    { stdout: recorded.stdout, exitCode: recorded.exitCode },
    { stdout: plain.stdout, exitCode: plain.exitCode },
  );
  const diagnostics = recorded.recording.rows('diagnostic').filter((row) => row.severity > 1);
  bed.expect(
    `${name}: the diagnostic says why`,
    diagnostics.some((row) => code.test(row.code) && row.remedy !== ''),
    true,
  );
  bed.figures[name] = diagnostics.map(({ code: found, sentence, remedy }) => ({ code: found, sentence, remedy }));
}

export const coexistence: GpuTest = async (bed) => {
  await unchanged(bed, 'collector absent', [], { collector: join(bed.kit.work, 'no-such-collector.so') }, /collector/i);
  await unchanged(bed, 'CUPTI hidden', [], { env: { HOOKANALYZER_CUPTI: '/nowhere/libcupti.so' } }, /cuptiNotFound/);
  await unchanged(bed, 'rival subscriber', [installedCupti()], {}, /rival/i);
};
