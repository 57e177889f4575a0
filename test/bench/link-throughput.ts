// Bytes a second of a link's bulk lane over SSH on the loopback, beside a bare ssh2 forward that brings the same bytes from the
// same process through the same sshd in the same run.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ProbeLink } from '../../app/host/link/probe-link';
import { openSshTransport } from '../../app/host/link/ssh-transport';
import type { Transport } from '../../app/host/link/transport';
import type { ColumnsOf } from '../../shared/model/column';
import { MIB } from '../../shared/units/units';
import { encodeMark, encodePacket, encodeRows } from '../../shared/wire/encode';
import { tables } from '../../shared/wire/tables';
import { startSshd } from '../integration/sshd';
import type { BenchResult, BenchSize } from './bench-result';
import producerSource from './link-producer.mjs?raw';

// About 0.5 MB: what a collector under load sends at once.
const ROWS_PER_PACKET = 4000;
const PACKET_COUNT = { smoke: 16, real: 1024 };
const ROUND_COUNT = { smoke: 1, real: 9 };
const RATIO_MIN = 0.8;
const TIMEOUT_MS = 120_000;

interface Producer {
  readonly child: ChildProcess;
  readonly socketPath: string;
  readonly packetBytes: number;
  readonly packetCount: number;
}

function kernelPacket(): Uint8Array {
  const columns = Object.entries(tables.kernel.columns).map(([name, { type }]) => {
    if (type === 'f64') return [name, Float64Array.from({ length: ROWS_PER_PACKET }, (_, row) => row * 1e3)];
    return [name, type === 'u16' ? new Uint16Array(ROWS_PER_PACKET) : new Uint32Array(ROWS_PER_PACKET)];
  });
  return encodePacket(tables.kernel, Object.fromEntries(columns) as ColumnsOf<typeof tables.kernel>, ROWS_PER_PACKET);
}

async function startProducer(folder: string, packetCount: number): Promise<Producer> {
  const numbers = { epochUnixMs: 0, epochMonotonicNs: 0 };
  const machine = { sessionId: 'bench', hostName: '', system: '', model: '', probeVersion: '' };
  const packet = kernelPacket();
  const packetFile = path.join(folder, 'packets.bin');
  const session = encodeRows(tables.session, [{ ...numbers, ...machine }]);
  writeFileSync(packetFile, Buffer.concat([session, packet, encodeMark(1)]));
  const socketPath = path.join(folder, 'source.sock');
  const child = spawn(
    process.execPath,
    ['--input-type=module', '-e', producerSource, '--', socketPath, packetFile, String(packetCount)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  return { child, socketPath, packetBytes: packet.length, packetCount };
}

/** Seconds that a bare forward takes for all bytes. */
async function timeRaw(transport: Transport, expectedBytes: number): Promise<number> {
  const stream = await transport.connect();
  let bytes = 0;
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  const startMs = performance.now();
  stream.write('RAW');
  await once(stream, 'end');
  const sec = (performance.now() - startMs) / 1000;
  stream.destroy();
  if (bytes !== expectedBytes) throw new Error(`the bare forward brought ${bytes} of ${expectedBytes} bytes`);
  return sec;
}

/** Seconds that an open link takes for the same bytes; every packet is checked, in order, and counted. */
async function timeLink(transport: Transport, { packetCount, packetBytes }: Producer): Promise<number> {
  let bytes = 0;
  let sequenceSum = 0;
  const link = await ProbeLink.open(transport, {
    cursor: 'now',
    pingMs: 0,
    reuseBytes: true,
    onBytes: (packet, header, lane) => {
      if (lane !== 'bulk') return;
      bytes += packet.length;
      sequenceSum += header.sequence;
    },
  });
  // As for the bare forward, opening is not part of it; what came before is at most one packet.
  const startMs = performance.now();
  if (bytes > packetBytes) throw new Error(`${bytes} bytes came before the clock was started`);
  await link.waitUntilDelivered(packetCount + 2, { timeoutMs: TIMEOUT_MS });
  const sec = (performance.now() - startMs) / 1000;
  const { reconnectCount } = link.statistics;
  await link.close();
  const expectedSum = (packetCount * (packetCount + 3)) / 2; // of 2 … packetCount + 1
  if (bytes !== packetCount * packetBytes || sequenceSum !== expectedSum || reconnectCount > 0) {
    throw new Error(`the link brought ${bytes} bytes, sequence sum ${sequenceSum}, ${reconnectCount} reconnects`);
  }
  return sec;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
}

export async function run(size: BenchSize): Promise<BenchResult[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'hka-bench-link-'));
  const sshd = await startSshd();
  const producer = await startProducer(folder, PACKET_COUNT[size]);
  const transport = await openSshTransport(sshd.target, { ...sshd.clientOptions, socketPath: producer.socketPath });
  const bytes = producer.packetCount * producer.packetBytes;
  const rounds: { raw: number; link: number }[] = [];
  try {
    await timeRaw(transport, bytes); // warm up: compiled code, and TCP's windows
    await timeLink(transport, producer);
    for (let round = 0; round < ROUND_COUNT[size]; round++) {
      // Taking turns, so that a machine that slows down slows both.
      const raw = bytes / (await timeRaw(transport, bytes));
      rounds.push({ raw, link: bytes / (await timeLink(transport, producer)) });
    }
  } finally {
    await transport.close();
    producer.child.stdin?.end();
    await once(producer.child, 'exit');
    await sshd.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  const ratios = rounds.map(({ raw, link }) => link / raw);
  const inMib = (value: number) => Math.round(value / MIB);
  return [
    {
      name: 'link, bulk lane over SSH',
      unit: 'bytes/s',
      value: median(rounds.map(({ link }) => link)),
      baseline: median(rounds.map(({ raw }) => raw)),
      baselineName: 'bare ssh2 forward of the same bytes',
      checksum: `${producer.packetCount} packets, ${bytes} bytes`,
      goal: `at least ${RATIO_MIN} of the bare forward`,
      detail: `ratio of each round ${ratios.map((ratio) => ratio.toFixed(2)).join(' ')}; MiB/s ${rounds.map(({ raw, link }) => `${inMib(link)}/${inMib(raw)}`).join(' ')}`,
    },
  ];
}
