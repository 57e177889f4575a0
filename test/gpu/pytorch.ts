// An unmodified PyTorch program, recorded through the collector, the probe and an SSH tunnel: kernel counts by name equal what
// torch.profiler reports for the same loop in another run.

import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { startLocalProbe } from '../../app/host/link/local-probe';
import { openSshTransport } from '../../app/host/link/ssh-transport';
import { recordTarget } from '../../app/host/session/recorder';
import { TRACE_KINDS_DEFAULT } from '../../shared/model/enums';
import { startSshd } from '../integration/sshd';
import type { Bed, GpuTest } from './bed';
import { withoutCall } from './known-counts';
import { countBy, type Recording } from './recording';

const ITERATIONS = 20;

interface Result {
  readonly checksum: number;
  readonly kernels?: Record<string, number>;
}

/** Kernels that began inside the last NVTX range named "loop": the first one is the warm-up. */
function kernelsInLoop(recording: Recording): Record<string, number> {
  const loops = recording.rows('range').filter((row) => recording.text(row.source, row.name) === 'loop');
  const { startNs, durationNs, source } = loops[loops.length - 1];
  const inside = recording
    .rows('kernel')
    .filter((row) => row.source === source && row.startNs >= startNs && row.startNs <= startNs + durationNs);
  return countBy(inside, (row) => recording.text(row.source, row.name));
}

function sorted(counts: Record<string, number>): [string, number][] {
  return Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1));
}

async function recordOverSsh(bed: Bed, path: string): Promise<{ stdout: string; exitCode: number }> {
  const folder = join(bed.kit.work, 'pytorch');
  const socketPath = join(folder, 'probe.sock');
  const probe = await startLocalProbe({
    probePath: join(bed.kit.kit, 'out/node/probe.js'),
    collectorPath: join(bed.kit.kit, 'out/native/lib/libhookcollector.so'),
    spoolDir: join(folder, 'spool'),
    socketPath,
  });
  const sshd = await startSshd({ sshdPath: join(bed.kit.kit, 'sshd/sshd'), libraryPath: join(bed.kit.kit, 'sshd') });
  try {
    const transport = await openSshTransport(sshd.target, { ...sshd.clientOptions, socketPath });
    let stdout = '';
    const result = await recordTarget({
      transport,
      launch: {
        command: 'python3',
        args: [bed.script('resnet_loop.py'), String(ITERATIONS)],
        cwd: bed.kit.work,
        kinds: [...TRACE_KINDS_DEFAULT],
      },
      filePath: path,
      overwrite: true,
      onOutput: (stream, text) => {
        if (stream === 'stdout') stdout += text;
      },
    });
    await transport.close();
    return { stdout, exitCode: result.exitCode };
  } finally {
    await sshd.stop();
    await probe.stop();
  }
}

export const pytorch: GpuTest = async (bed) => {
  const script = bed.script('resnet_loop.py');
  const profiled = JSON.parse(bed.plain('python3', [script, String(ITERATIONS), 'profile']).stdout) as Result;
  const path = join(bed.kit.work, 'pytorch-resnet18.hka');
  const { stdout, exitCode } = await recordOverSsh(bed, path);
  const recording = await bed.open(path);
  bed.expect('the program ends well', exitCode, 0);
  bed.expect('its result is its own', (JSON.parse(stdout) as Result).checksum, profiled.checksum);
  const counts = kernelsInLoop(recording);
  bed.expect('kernel counts by name are torch.profiler’s', sorted(counts), sorted(profiled.kernels ?? {}));
  bed.expect('every kernel has its API call', withoutCall(recording), 0);
  bed.expect('nothing lost', recording.rows('loss'), []);
  const kernels = recording.rows('kernel');
  bed.expect('two streams at least', new Set(kernels.map((row) => row.stream)).size >= 2, true);
  bed.figures.kernelNames = Object.keys(counts).length;
  bed.figures.kernelsInLoop = Object.values(counts).reduce((sum, count) => sum + count, 0);
  bed.figures.rows = recording.summary.tables;
  copyFileSync(path, join(bed.kit.out, 'pytorch-resnet18.hka'));
};
