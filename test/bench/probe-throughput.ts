// How many kernel rows a second the probe takes from a collector, writes to its ring and gives to one viewer, and what it costs.
// Beside it, in the same run: the same bytes through a plain Node relay that only copies from one socket to the other.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ColumnsOf } from '../../shared/model/column';
import { KIB, MIB } from '../../shared/units/units';
import { encodePacket } from '../../shared/wire/encode';
import { parseHeader } from '../../shared/wire/header';
import { formatHello } from '../../shared/wire/hello';
import { HEADER_BYTES, MARK_KIND } from '../../shared/wire/limits';
import { type Tables, tables } from '../../shared/wire/tables';
import { ensureBuilt } from '../integration/build';
import type { BenchResult, BenchSize } from './bench-result';

// A packet of the collector holds what one flush brought, up to the body limit; 150,000 rows in 50 ms are packets of nearly 1 MiB.
const ROWS_PER_PACKET = 8000;
const PACKET_COUNT = { smoke: 40, real: 3000 };
const WARM_UP_PACKETS = { smoke: 5, real: 250 };
const CREDIT_BYTES = 8 * MIB;
// The sender is at most this far ahead of the viewer. Without it, a sender that is faster than the viewer runs round the ring, and
// the viewer gets gap rows instead of kernels.
const AHEAD_PACKETS_MAX = 64;
const SAMPLE_MS = 100;
const TICKS_PER_SEC = 100; // USER_HZ on every Linux that Node runs on
const CORES_MAX = 1;
const RSS_BYTES_MAX = 150 * MIB;
const ROWS_PER_SEC_MIN = 3e6;

function kernelPacket(): Uint8Array {
  const columns: Record<string, unknown> = {};
  for (const [name, { type }] of Object.entries(tables.kernel.columns)) {
    if (type === 'f64') columns[name] = Float64Array.from({ length: ROWS_PER_PACKET }, (_, row) => row * 1e3);
    else if (type === 'u32') columns[name] = Uint32Array.from({ length: ROWS_PER_PACKET }, (_, row) => row);
    else columns[name] = new Uint16Array(ROWS_PER_PACKET).fill(32);
  }
  return encodePacket(tables.kernel, columns as ColumnsOf<Tables['kernel']>, ROWS_PER_PACKET);
}

/** Counts kernel packets and rows of a viewer's stream by their headers alone, so that the far end is no bottleneck. */
class RowCounter {
  packetCount = 0;
  rowCount = 0;
  sequenceSum = 0;
  private skipBytes = 0;
  private pending = Buffer.alloc(0);

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.skipBytes > 0) {
        const count = Math.min(this.skipBytes, chunk.length - at);
        this.skipBytes -= count;
        at += count;
        continue;
      }
      const count = Math.min(HEADER_BYTES - this.pending.length, chunk.length - at);
      this.pending = Buffer.concat([this.pending, chunk.subarray(at, at + count)]);
      at += count;
      if (this.pending.length === HEADER_BYTES) this.takeHeader();
    }
  }

  private takeHeader(): void {
    const header = parseHeader(this.pending);
    if (!header.ok) throw new Error(`the viewer got ${header.error.kind}`);
    this.pending = Buffer.alloc(0);
    this.skipBytes = header.value.bodyBytes;
    if (header.value.kind === MARK_KIND) return;
    if (header.value.kind !== tables.kernel.kind) throw new Error(`the viewer got table ${header.value.kind}`);
    this.packetCount++;
    this.rowCount += header.value.rowCount;
    this.sequenceSum += header.value.sequence;
  }
}

interface Cost {
  cpuSec: number;
  rssBytes: number;
}

function costOf(pid: number): Cost {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  const rssKib = Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  return { cpuSec: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SEC, rssBytes: rssKib * KIB };
}

async function greet(path: string, fields: Record<string, string>): Promise<Socket> {
  const socket = connect(path);
  socket.write(formatHello({ version: '1', ...fields }));
  const [answer] = (await once(socket, 'data')) as [Buffer];
  if (!answer.includes('ok=1')) throw new Error(answer.toString());
  const rest = answer.subarray(answer.indexOf('\n') + 1);
  if (rest.length > 0) socket.unshift(rest);
  return socket;
}

interface Measured {
  readonly rowsPerSec: number;
  readonly cpuRatio: number;
  readonly rssBytesMax: number;
  readonly rssGrowthBytes: number;
  readonly checksum: string;
}

interface Ends {
  readonly child: ChildProcess;
  readonly source: Socket;
  readonly sink: Socket;
  /** Called with the bytes that the far end took. */
  readonly onTaken: (bytes: number) => void;
}

/** Sends the packets through and waits until the far end has all rows. Warm-up goes first and is not counted. */
async function measure({ child, source, sink, onTaken }: Ends, size: BenchSize): Promise<Measured> {
  const packet = kernelPacket();
  const counter = new RowCounter();
  let wake: () => void = () => undefined;
  sink.on('data', (chunk: Buffer) => {
    counter.push(chunk);
    onTaken(chunk.length);
    wake();
  });
  const until = async (packetCount: number) => {
    while (counter.packetCount < packetCount) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  let sentCount = 0;
  const send = async (count: number) => {
    for (const end = sentCount + count; sentCount < end; sentCount++) {
      await until(sentCount - AHEAD_PACKETS_MAX);
      if (!source.write(packet)) await once(source, 'drain');
    }
    await until(sentCount);
  };
  await send(WARM_UP_PACKETS[size]);
  const pid = child.pid ?? 0;
  const before = costOf(pid);
  const rss: number[] = [];
  const sampler = setInterval(() => rss.push(costOf(pid).rssBytes), SAMPLE_MS);
  const startNs = process.hrtime.bigint();
  await send(PACKET_COUNT[size]);
  const seconds = Number(process.hrtime.bigint() - startNs) / 1e9;
  clearInterval(sampler);
  const after = costOf(pid);
  rss.push(after.rssBytes);
  const third = Math.ceil(rss.length / 3);
  const mean = (values: number[]) => values.reduce((sum, each) => sum + each, 0) / values.length;
  return {
    rowsPerSec: (PACKET_COUNT[size] * ROWS_PER_PACKET) / seconds,
    cpuRatio: (after.cpuSec - before.cpuSec) / seconds,
    rssBytesMax: Math.max(...rss),
    rssGrowthBytes: mean(rss.slice(-third)) - mean(rss.slice(0, third)),
    checksum: `${counter.rowCount} rows, sequences ${counter.sequenceSum}`,
  };
}

const RELAY = `
const net = require('node:net');
let source;
net.createServer((socket) => {
  if (!source) source = socket;
  else { source.pipe(socket); socket.on('error', () => undefined); }
}).listen(process.argv[1], () => console.log('ready'));
`;

async function startChild(args: string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ready = await Promise.race([once(child.stdout!, 'data'), once(child, 'exit').then(() => undefined)]);
  if (!ready) throw new Error(`${args[0]} ended before it was ready`);
  return child;
}

async function endChild(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

async function measureRelay(folder: string, size: BenchSize): Promise<Measured> {
  const path = join(folder, 'relay.sock');
  const child = await startChild(['-e', RELAY, path]);
  const source = connect(path);
  await once(source, 'connect');
  const sink = connect(path);
  try {
    return await measure({ child, source, sink, onTaken: () => undefined }, size);
  } finally {
    source.destroy();
    sink.destroy();
    await endChild(child);
  }
}

async function measureProbe(folder: string, size: BenchSize, probe: string): Promise<Measured> {
  const path = join(folder, 'probe.sock');
  const ringBytes = String(256 * MIB); // several times round in a real run, so that eviction is part of what is measured
  const args = [probe, 'serve', '--socket', path, '--spool', join(folder, 'spool'), '--ring-bytes', ringBytes];
  const child = await startChild(args);
  const source = await greet(path, { role: 'collector', pid: '1', target: '', kinds: 'kernel' });
  const sink = await greet(path, {
    role: 'viewer',
    lane: 'bulk',
    cursor: 'now',
    session: '',
    credit: `${CREDIT_BYTES}`,
  });
  let taken = 0;
  const onTaken = (bytes: number) => {
    taken += bytes;
    if (taken < CREDIT_BYTES / 4) return;
    sink.write(formatHello({ credit: String(taken) }));
    taken = 0;
  };
  try {
    return await measure({ child, source, sink, onTaken }, size);
  } finally {
    source.destroy();
    sink.destroy();
    await endChild(child);
  }
}

/** Rows per second, cores and memory of a probe process under one collector and one bulk viewer. */
export async function run(size: BenchSize, probePath?: string): Promise<BenchResult[]> {
  const program = probePath ?? join(await ensureBuilt(), 'probe.js');
  const folder = mkdtempSync(join(tmpdir(), 'hka-bench-'));
  try {
    const relay = await measureRelay(folder, size);
    const probe = await measureProbe(folder, size, program);
    const baselineName = 'the same bytes through a plain Node relay';
    return [
      {
        name: 'probe: socket to ring to viewer',
        unit: 'kernel rows/s',
        value: probe.rowsPerSec,
        baseline: relay.rowsPerSec,
        baselineName,
        checksum: probe.checksum,
        goal: `at least ${ROWS_PER_SEC_MIN}`,
        detail: 'collector and viewer share the machine with the probe',
      },
      {
        name: 'probe: processor at 3 M rows/s',
        unit: 'cores',
        value: (probe.cpuRatio / probe.rowsPerSec) * ROWS_PER_SEC_MIN,
        baseline: (relay.cpuRatio / relay.rowsPerSec) * ROWS_PER_SEC_MIN,
        baselineName,
        goal: `at most ${CORES_MAX}`,
        detail: `${probe.cpuRatio.toFixed(2)} cores at the measured rate`,
      },
      {
        name: 'probe: memory',
        unit: 'bytes RSS',
        value: probe.rssBytesMax,
        baseline: relay.rssBytesMax,
        baselineName,
        goal: `at most ${RSS_BYTES_MAX}, flat`,
        detail: `grew by ${Math.round(probe.rssGrowthBytes / KIB)} KiB from the first to the last third of the run`,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
