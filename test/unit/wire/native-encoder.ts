// Compiles test/native-golden/golden_packets.cc and speaks its text format: rows in, the bytes of native/wire out.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ColumnType, Table } from '../../../shared/model/column';
import { tables } from '../../../shared/wire/tables';
import type { AnyRow } from './golden-rows';

const ROOT = resolve(import.meta.dirname, '../../..');
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

export interface PacketOrder {
  readonly table: Table;
  readonly sourceId: number;
  readonly rows: readonly AnyRow[];
}

function run(command: string, args: readonly string[], input?: string): Buffer {
  const done = spawnSync(command, args, { cwd: ROOT, input, maxBuffer: OUTPUT_BYTES_MAX });
  if (done.error) throw new Error(`${command} did not start: ${done.error.message}`);
  if (done.status !== 0) throw new Error(`${command} ended with ${done.status}:\n${done.stderr.toString()}`);
  return done.stdout;
}

function cell(type: ColumnType, value: number | string): string {
  if (type === 'text') return `:${Buffer.from(value as string, 'utf8').toString('hex')}`;
  if (type !== 'f64') return String(value);
  const bits = Buffer.alloc(8);
  bits.writeDoubleBE(value as number);
  return bits.toString('hex');
}

function orderText({ table, sourceId, rows }: PacketOrder): string {
  const entries = Object.entries(table.columns);
  const lines = rows.map((row) => entries.map(([name, { type }]) => cell(type, row[name])).join(' '));
  return [`packet ${table.name} ${sourceId} ${rows.length}`, ...lines, ''].join('\n');
}

export class NativeEncoder {
  private readonly directory = mkdtempSync(join(tmpdir(), 'hka-golden-'));
  private readonly program = join(this.directory, 'golden_packets');

  /** Takes seconds. Warnings are errors. Throws with the compiler's words. */
  compile(): void {
    const rowTypes = Object.keys(tables).map((name) => `${name[0].toUpperCase()}${name.slice(1)}Row`);
    run(process.env.CXX ?? 'c++', [
      ...['-std=c++17', '-Wall', '-Wextra', '-Werror', '-I', 'native', `-DHKA_ROW_TYPES=${rowTypes.join(',')}`],
      ...['-o', this.program, 'test/native-golden/golden_packets.cc'],
    ]);
  }

  /** The packets of all orders behind one another. */
  encode(orders: readonly PacketOrder[]): Buffer {
    return run(this.program, [], orders.map(orderText).join(''));
  }

  close(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
