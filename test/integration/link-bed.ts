// A real probe and a program for it whose rows are known beforehand.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type LocalProbe, startLocalProbe } from '../../app/host/link/local-probe';
import type { ColumnsOf } from '../../shared/model/column';
import type { LaunchParams } from '../../shared/rpc/methods';
import { decodeChecked, isPacketOf } from '../../shared/wire/decode';
import { encodePacket } from '../../shared/wire/encode';
import { PacketReader } from '../../shared/wire/packet-reader';
import { tables } from '../../shared/wire/tables';
import { ensureBuilt } from './build';

type KernelColumns = ColumnsOf<typeof tables.kernel>;

export interface LinkBed {
  readonly folder: string;
  readonly socketPath: string;
  readonly probe: LocalProbe;
  readonly filePath: string;
  /** A program that sends `packetCount` packets of `rowsPerPacket` kernels, numbered from 0 in startNs, with pauses. */
  program(options: { packetCount: number; rowsPerPacket: number; pauseMs: number; exitCode?: number }): LaunchParams;
  close(): Promise<void>;
}

function kernelPacket(firstNumber: number, rowCount: number): Uint8Array {
  const zeros = Object.fromEntries(
    Object.entries(tables.kernel.columns).map(([name, { type }]) => [
      name,
      type === 'f64'
        ? new Float64Array(rowCount)
        : type === 'u16'
          ? new Uint16Array(rowCount)
          : new Uint32Array(rowCount),
    ]),
  ) as unknown as KernelColumns;
  for (let row = 0; row < rowCount; row++) zeros.startNs[row] = firstNumber + row;
  return encodePacket(tables.kernel, zeros, rowCount);
}

export async function openLinkBed(): Promise<LinkBed> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'hka-link-'));
  const socketPath = path.join(folder, 'probe.sock');
  const probePath = path.join(await ensureBuilt(), 'probe.js');
  const probe = await startLocalProbe({ probePath, spoolDir: path.join(folder, 'spool'), socketPath });
  return {
    folder,
    socketPath,
    probe,
    filePath: path.join(folder, 'run.hka'),
    program: ({ packetCount, rowsPerPacket, pauseMs, exitCode = 0 }) => {
      const file = path.join(folder, 'packets.bin');
      const packets = Array.from({ length: packetCount }, (_, index) =>
        kernelPacket(index * rowsPerPacket, rowsPerPacket),
      );
      writeFileSync(file, Buffer.concat(packets));
      const script = path.join(import.meta.dirname, 'link-target.mjs');
      const args = [script, file, String(pauseMs), String(exitCode)];
      return { command: process.execPath, args, kinds: ['kernel'] };
    },
    close: async () => {
      await probe.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The numbers of all kernels in a file, in the file's order; the tables of its first and last packet. */
export function readKernelNumbers(filePath: string): { numbers: number[]; first: string; last: string } {
  const numbers: number[] = [];
  const names: string[] = [];
  const reader = new PacketReader({
    reuse: false,
    onPacket: (bytes, header) => {
      const decoded = decodeChecked(bytes, header);
      if (!decoded.ok) throw new Error(`unreadable: ${decoded.error.kind}`);
      names.push(decoded.value.table.name);
      if (isPacketOf(decoded.value, 'kernel')) numbers.push(...decoded.value.columns.startNs);
    },
    onDamaged: () => {
      throw new Error('a packet of the file is damaged');
    },
  });
  const error = reader.push(readFileSync(filePath));
  if (error || reader.pendingBytes > 0) throw new Error('the file is not whole packets');
  return { numbers, first: names[0], last: names[names.length - 1] };
}
