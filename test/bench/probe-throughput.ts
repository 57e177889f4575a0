// Socket → spool → viewer: kernel rows a second through a probe of its own process, beside the same bytes through a plain relay.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Lane } from '../../app/host/link/lane';
import { startLocalProbe } from '../../app/host/link/local-probe';
import { localTransport } from '../../app/host/link/transport';
import { formatHello } from '../../shared/wire/hello';
import type { BenchResult, BenchSize } from './bench-result';
import { kernelPacket, ROWS_A_PACKET } from './kernels';

const TICKS_PER_SEC = 100; // sysconf(_SC_CLK_TCK) on every Linux that Node runs on

function cpuSec(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SEC;
}

function peakRssBytes(pid: number): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}

/** Writes `packet` so many times, at the pace of the other side. */
async function feed(socket: Socket, packet: Uint8Array, count: number): Promise<void> {
  for (let i = 0; i < count; i++)
    if (!socket.write(packet)) await new Promise((resolve) => socket.once('drain', resolve));
}

async function throughProbe(folder: string, packet: Uint8Array, packetCount: number) {
  const socketPath = join(folder, 'probe.sock');
  const probe = await startLocalProbe({
    probePath: join(process.cwd(), 'out', 'node', 'probe.js'),
    collectorPath: undefined,
    spoolDir: join(folder, 'spool'),
    socketPath,
    ringBytes: 256 * 1024 * 1024,
  });
  let rows = 0;
  const lane = new Lane({
    transport: localTransport(socketPath),
    lane: 'bulk',
    cursor: 'now',
    onDamaged: () => {},
    onPacket: (_packet, header) => {
      rows += header.rowCount;
    },
  });
  await lane.open();
  const socket = connect(socketPath);
  socket.write(formatHello({ role: 'collector', version: '1', pid: '1', target: '', kinds: 'kernel' }));
  await new Promise((resolve) => socket.once('data', resolve));
  const cpuBefore = cpuSec(probe.pid);
  const began = performance.now();
  await feed(socket, packet, packetCount);
  while (rows < packetCount * ROWS_A_PACKET) await new Promise((resolve) => setTimeout(resolve, 1));
  const sec = (performance.now() - began) / 1000;
  const result = { rows, sec, cores: (cpuSec(probe.pid) - cpuBefore) / sec, rssBytes: peakRssBytes(probe.pid) };
  lane.close();
  socket.destroy();
  await probe.stop();
  return result;
}

async function throughRelay(folder: string, packet: Uint8Array, packetCount: number): Promise<number> {
  const path = join(folder, 'relay.sock');
  const wanted = packetCount * packet.length;
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const socket = connect(path);
  const other = await accepted;
  let bytes = 0;
  const arrived = new Promise<void>((resolve) => {
    other.on('data', (chunk) => {
      bytes += chunk.length;
      if (bytes >= wanted) resolve();
    });
  });
  const began = performance.now();
  await feed(socket, packet, packetCount);
  await arrived;
  const sec = (performance.now() - began) / 1000;
  socket.destroy();
  server.close();
  return (packetCount * ROWS_A_PACKET) / sec;
}

export async function run(size: BenchSize): Promise<BenchResult[]> {
  const packetCount = size === 'real' ? 2500 : 10;
  const folder = mkdtempSync(join(tmpdir(), 'hka-bench-'));
  try {
    const packet = kernelPacket(0);
    const relay = await throughRelay(folder, packet, packetCount);
    const probe = await throughProbe(folder, packet, packetCount);
    return [
      {
        name: 'probe, socket → spool → viewer',
        unit: 'M kernel rows/s',
        value: probe.rows / probe.sec / 1e6,
        baseline: relay / 1e6,
        baselineName: 'the same bytes through one socket',
        goal: '≥ 3',
        checksum: String(probe.rows),
      },
      { name: 'probe, processor', unit: 'cores', value: probe.cores, goal: '≤ 1 at 3 M rows/s' },
      { name: 'probe, resident memory at most', unit: 'MB', value: probe.rssBytes / 1e6, goal: '≤ 150' },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
