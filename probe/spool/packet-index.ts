// Sequence, table and row count of the last packets of a lane, kept beyond their eviction, so that a viewer who comes back
// too late is told exactly what it missed. Bounded: the oldest part is forgotten in whole chunks.

import { PACKET_INDEX_MAX } from './limits';
import { Totals } from './totals';

const CHUNK_COUNT = 4096;

interface Chunk {
  readonly sequence: Float64Array;
  readonly rowCount: Uint32Array;
  readonly kind: Uint16Array;
  count: number;
}

function makeChunk(): Chunk {
  return {
    sequence: new Float64Array(CHUNK_COUNT),
    rowCount: new Uint32Array(CHUNK_COUNT),
    kind: new Uint16Array(CHUNK_COUNT),
    count: 0,
  };
}

export class PacketIndex {
  private readonly chunks: Chunk[] = [];

  /** `completeFrom`: no packet of the lane with this sequence or a higher one is unknown to the index. */
  constructor(
    private completeFrom: number,
    private readonly countMax = PACKET_INDEX_MAX,
  ) {}

  add(sequence: number, kind: number, rowCount: number): void {
    let chunk = this.chunks.at(-1);
    if (!chunk || chunk.count === CHUNK_COUNT) {
      chunk = makeChunk();
      this.chunks.push(chunk);
      if (this.chunks.length * CHUNK_COUNT > this.countMax) this.forgetOldest();
    }
    chunk.sequence[chunk.count] = sequence;
    chunk.kind[chunk.count] = kind;
    chunk.rowCount[chunk.count] = rowCount;
    chunk.count++;
  }

  private forgetOldest(): void {
    const oldest = this.chunks.shift();
    if (oldest) this.completeFrom = oldest.sequence[oldest.count - 1] + 1;
  }

  /** What lies in first..last, both included; undefined when a part of it was forgotten. */
  count(first: number, last: number): Totals | undefined {
    if (first < this.completeFrom) return undefined;
    const totals = new Totals();
    for (const chunk of this.chunks) {
      if (chunk.sequence[chunk.count - 1] < first) continue;
      for (let at = 0; at < chunk.count; at++) {
        const sequence = chunk.sequence[at];
        if (sequence > last) return totals;
        if (sequence >= first) totals.add(chunk.kind[at], chunk.rowCount[at], sequence);
      }
    }
    return totals;
  }
}
