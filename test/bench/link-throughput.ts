// A bulk lane through SSH on loopback, beside a bare stream-local forward of ssh2 over the same sshd.

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Lane } from '../../app/host/link/lane';
import { openSshTransport } from '../../app/host/link/ssh-transport';
import { formatHello } from '../../shared/wire/hello';
import { hasSshd, startSshd } from '../integration/sshd';
import type { BenchResult, BenchSize } from './bench-result';
import { kernelPacket } from './kernels';

/** A server that sends `packet` so many times: at once, or as a probe's bulk lane when it is greeted. */
function sender(path: string, packet: Uint8Array, count: number) {
  const send = async (socket: Socket) => {
    for (let i = 0; i < count; i++)
      if (!socket.write(packet)) await new Promise((resolve) => socket.once('drain', resolve));
  };
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (chunk) => {
      if (chunk.toString('latin1').startsWith('HKA1')) {
        socket.write(
          formatHello({ ok: '1', version: '1', probe: '0', session: 's', epochNs: '0', cursor: '1', next: '1' }),
        );
      }
      void send(socket);
    });
  });
  return new Promise<() => void>((resolve) => server.listen(path, () => resolve(() => server.close())));
}

export async function run(size: BenchSize): Promise<BenchResult[]> {
  if (!hasSshd()) return [];
  const folder = mkdtempSync(join(tmpdir(), 'hka-bench-'));
  const packet = kernelPacket(0);
  const count = size === 'real' ? 500 : 5;
  const wanted = count * packet.length;
  const path = join(folder, 's');
  const close = await sender(path, packet, count);
  const sshd = await startSshd();
  const transport = await openSshTransport(sshd.target, { ...sshd.clientOptions, socketPath: path });
  try {
    const bare = async () => {
      const stream = await transport.connect();
      const began = performance.now();
      let bytes = 0;
      const arrived = new Promise<void>((resolve) => {
        stream.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes >= wanted) resolve();
        });
      });
      stream.write('go');
      await arrived;
      stream.destroy();
      return wanted / ((performance.now() - began) / 1000) / 1e6;
    };
    const throughLane = async () => {
      let packets = 0;
      let done = () => {};
      const arrived = new Promise<void>((resolve) => {
        done = resolve;
      });
      const lane = new Lane({
        transport,
        lane: 'bulk',
        cursor: 'now',
        onDamaged: () => {},
        onPacket: () => {
          if (++packets === count) done();
        },
      });
      const began = performance.now();
      await lane.open();
      await arrived;
      lane.close();
      return wanted / ((performance.now() - began) / 1000) / 1e6;
    };
    await bare();
    const bareRates: number[] = [];
    const laneRates: number[] = [];
    for (let turn = 0; turn < (size === 'real' ? 5 : 1); turn++) {
      bareRates.push(await bare());
      laneRates.push(await throughLane());
    }
    const middle = (rates: number[]) => rates.sort((a, b) => a - b)[Math.floor(rates.length / 2)];
    const [bareRate, laneRate] = [middle(bareRates), middle(laneRates)];
    return [
      {
        name: 'link, a bulk lane through SSH',
        unit: 'MB/s',
        value: laneRate,
        baseline: bareRate,
        baselineName: 'bare ssh2 forward',
        goal: '≥ 80 % of the baseline',
        detail: `${Math.round((100 * laneRate) / bareRate)} %`,
      },
    ];
  } finally {
    await transport.close();
    await sshd.stop();
    close();
    rmSync(folder, { recursive: true, force: true });
  }
}
