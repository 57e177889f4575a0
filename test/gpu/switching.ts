// Kinds are switched off and on while the program runs.

import { ProbeLink } from '../../app/host/link/probe-link';
import { localTransport } from '../../app/host/link/transport';
import type { Bed, GpuTest } from './bed';

const SECONDS = 6;
const PER_SEC = 2000;
const NS_PER_MS = 1e6;

const waitMs = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Moments on the monotonic clock at which kernels went off and on again. */
async function switchOffAndOn(socketPath: string, moments: { offNs: bigint; onNs: bigint }): Promise<void> {
  await waitMs(2500);
  const link = await ProbeLink.control(localTransport(socketPath));
  try {
    const { targets } = await link.request('target/list', {});
    const { targetId } = targets[0];
    await link.request('target/kinds', { targetId, kinds: [] });
    moments.offNs = process.hrtime.bigint();
    await waitMs(1500);
    await link.request('target/kinds', { targetId, kinds: ['kernel'] });
    moments.onNs = process.hrtime.bigint();
  } finally {
    await link.close();
  }
}

export const switching: GpuTest = async (bed: Bed) => {
  const moments = { offNs: 0n, onNs: 0n };
  const { recording, stdout } = await bed.record(bed.program('paced'), [String(SECONDS), String(PER_SEC)], {
    name: 'switching',
    kinds: ['kernel'],
    during: ({ socketPath }) => switchOffAndOn(socketPath, moments),
  });
  const { launched } = JSON.parse(stdout) as { launched: number };
  const epochNs = BigInt(recording.rows('session')[0].epochMonotonicNs);
  const [offNs, onNs] = [Number(moments.offNs - epochNs), Number(moments.onNs - epochNs)];
  const starts = recording.rows('kernel').map((row) => row.startNs);
  // The collector looks for changes when it flushes, so a switch takes a little; kernels outside that time must be as they should.
  const slackNs = 300 * NS_PER_MS;
  const between = starts.filter((ns) => ns > offNs + slackNs && ns < onNs).length;
  const before = starts.filter((ns) => ns < offNs).length;
  const after = starts.filter((ns) => ns > onNs + slackNs).length;
  bed.expect('no kernels while off', between, 0);
  bed.expect('kernels before', before > PER_SEC, true);
  bed.expect('kernels after', after > PER_SEC / 2, true);
  bed.figures.kernels = { launched, recorded: starts.length, before, between, after };
};
