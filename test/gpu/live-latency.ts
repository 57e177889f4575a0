// From a kernel's end to the row at the viewer: on a stream that is never idle, and at 200,000 kernels a second.

import { ProbeLink } from '../../app/host/link/probe-link';
import { localTransport } from '../../app/host/link/transport';
import { isPacketOf } from '../../shared/wire/decode';
import type { Bed, GpuTest } from './bed';

const NS_PER_MS = 1e6;

function percentile(sorted: readonly number[], ratio: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * ratio))];
}

/** Milliseconds from each kernel's end to its arrival at a second viewer on the same machine. */
async function watch(socketPath: string, latenciesMs: number[], until: Promise<unknown>): Promise<void> {
  let epochNs = 0n;
  const link = await ProbeLink.open(localTransport(socketPath), {
    cursor: 'now',
    onPacket: (packet) => {
      if (!isPacketOf(packet, 'kernel')) return;
      if (epochNs === 0n) return; // from before the link was whole
      const nowNs = Number(process.hrtime.bigint() - epochNs);
      const { startNs, durationNs } = packet.columns;
      for (let row = 0; row < packet.rowCount; row++)
        latenciesMs.push((nowNs - startNs[row] - durationNs[row]) / NS_PER_MS);
    },
  });
  epochNs = link.epochNs;
  await until;
  await link.close();
}

async function measure(bed: Bed, name: string, program: string, args: string[]): Promise<void> {
  const latenciesMs: number[] = [];
  let over = () => {};
  const ended = new Promise<void>((resolve) => {
    over = resolve;
  });
  let watching: Promise<void> | undefined;
  const recorded = bed.record(bed.program(program), args, {
    name,
    kinds: ['kernel'],
    during: async ({ socketPath }) => {
      watching = watch(socketPath, latenciesMs, ended);
    },
  });
  await recorded.finally(() => over());
  await watching;
  latenciesMs.sort((a, b) => a - b);
  bed.expect(`${name}: rows arrive while the program runs`, latenciesMs.length > 0, true);
  bed.figures[name] = {
    kernels: latenciesMs.length,
    p50Ms: percentile(latenciesMs, 0.5),
    p95Ms: percentile(latenciesMs, 0.95),
    maxMs: latenciesMs[latenciesMs.length - 1],
  };
}

export const liveLatency: GpuTest = async (bed) => {
  await measure(bed, 'latency on a stream that is never idle, 5 ms kernels', 'busy_stream', ['800', '5000']);
  await measure(bed, 'latency at 200,000 kernels a second', 'paced', ['4', '200000']);
};
