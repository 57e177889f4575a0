// Where activations lie: one allocation, in which storages whose lives do not overlap share bytes. Pure.

export interface Life {
  readonly bytes: number;
  /** The first step that writes it and the last that reads it. */
  readonly first: number;
  readonly last: number;
}

export interface Packing {
  /** Bytes from the arena's begin, in the order of the lives. */
  readonly offsets: readonly number[];
  readonly bytes: number;
}

/** As cudaMalloc aligns. */
const ALIGNMENT_BYTES = 256;

export const alignedBytes = (bytes: number): number => Math.ceil(bytes / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;

/** Largest first, each at the lowest place that is free throughout its life: within a few percent of the least for networks with few branches. */
export function packArena(lives: readonly Life[]): Packing {
  const order = lives.map((_, index) => index).sort((a, b) => lives[b].bytes - lives[a].bytes || a - b);
  const offsets = lives.map(() => 0);
  const placed: number[] = [];
  let total = 0;
  for (const index of order) {
    const { bytes, first, last } = lives[index];
    const near = placed.filter((other) => lives[other].first <= last && lives[other].last >= first);
    near.sort((a, b) => offsets[a] - offsets[b]);
    let offset = 0;
    for (const other of near) {
      if (offsets[other] >= offset + bytes) break;
      offset = Math.max(offset, offsets[other] + alignedBytes(lives[other].bytes));
    }
    offsets[index] = offset;
    placed.push(index);
    total = Math.max(total, offset + alignedBytes(bytes));
  }
  return { offsets, bytes: total };
}
