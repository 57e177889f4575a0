// The built-in workload on the GPU: its kernels agree with their CPU references, and a recording holds as many as it launched.

import { join } from 'node:path';
import { KERNELS_PER_INFERENCE } from '../../probe/runner/network';
import type { Bed, GpuTest } from './bed';
import { countBy } from './recording';

const INFERENCES = 200;

export const workload: GpuTest = async (bed: Bed) => {
  const runner = join(bed.kit.kit, 'out/node/runner.js');
  const addon = ['--addon', join(bed.kit.kit, 'out/native/Release/hookanalyzer.node'), '--device', 'cuda'];
  const check = bed.plain(process.execPath, [runner, 'check', ...addon]);
  bed.expect('all kernels agree with their references', check.exitCode, 0);
  bed.figures.check = check.stdout.trim().split('\n');
  const { recording, stdout, exitCode } = await bed.record(
    process.execPath,
    [runner, 'demo', '--count', String(INFERENCES), ...addon],
    { name: 'workload' },
  );
  bed.expect('the demo ends well', exitCode, 0);
  const kernels = recording.rows('kernel');
  bed.expect('kernels', kernels.length, KERNELS_PER_INFERENCE * INFERENCES);
  bed.expect('nothing lost', recording.rows('loss'), []);
  bed.figures.demo = stdout.trim();
  bed.figures.kernels = countBy(kernels, (row) => recording.text(row.source, row.name).split('(')[0]);
};
