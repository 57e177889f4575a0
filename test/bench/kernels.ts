// Packets full of kernels for benchmarks: unique starts, a few hundred names, durations of a real mix.

import type { ColumnsOf } from '../../shared/model/column';
import { encodePacket } from '../../shared/wire/encode';
import { type Tables, tables } from '../../shared/wire/tables';

const NAMES = 200;
export const ROWS_A_PACKET = 8192;

/** One packet of kernels that begin at `firstRow` microseconds. Deterministic. */
export function kernelPacket(firstRow: number, rowCount = ROWS_A_PACKET): Uint8Array {
  const columns: Record<string, Float64Array | Uint32Array | Uint16Array> = {};
  for (const [name, { type }] of Object.entries(tables.kernel.columns)) {
    columns[name] =
      type === 'f64'
        ? new Float64Array(rowCount)
        : type === 'u16'
          ? new Uint16Array(rowCount)
          : new Uint32Array(rowCount);
  }
  for (let row = 0; row < rowCount; row++) {
    const index = firstRow + row;
    columns.startNs[row] = index * 1000;
    columns.durationNs[row] = 500 + ((index * 7919) % 4000);
    columns.name[row] = 1 + ((index * 31) % NAMES);
    columns.stream[row] = 7 + (index % 4);
    columns.context[row] = 1;
    columns.correlation[row] = index + 1;
    columns.gridX[row] = 64;
    columns.blockX[row] = 256;
  }
  return encodePacket(tables.kernel, columns as unknown as ColumnsOf<Tables['kernel']>, rowCount, 1);
}

/** The names of those kernels. */
export const KERNEL_NAMES = Array.from({ length: NAMES }, (_, index) => ({
  id: index + 1,
  text: `kernel_${index + 1}`,
}));
