// Where the RAM of a board with unified memory went, as parts that add up to the total exactly:
//
//   | CUDA (traced) | other programs and the system | page cache | free |  = total
//
// "Other" is what is left when everything else is known. A part whose source is missing has no number, and what is left then stands
// under one unknown part that names all of them.

export const LEDGER_PARTS = ['cuda', 'other', 'cached', 'free'] as const;
export type LedgerPartName = (typeof LEDGER_PARTS)[number];

/** What was read; undefined where there was no source. */
export interface LedgerReadings {
  /** MemTotal */
  readonly totalBytes: number | undefined;
  /** MemFree */
  readonly freeBytes: number | undefined;
  /** Cached */
  readonly cachedBytes: number | undefined;
  /** Live in the log; undefined when memory was not traced. */
  readonly cudaBytes: number | undefined;
}

export interface LedgerPart {
  readonly name: LedgerPartName;
  readonly bytes: number | undefined;
}

export interface Ledger {
  readonly totalBytes: number | undefined;
  readonly parts: readonly LedgerPart[];
  /** What the parts without a number take together; undefined when the total is unknown, 0 when every part is known. */
  readonly unknownBytes: number | undefined;
  /** Allocated and not yet in RAM: the log counts so much more than is in use. */
  readonly untouchedBytes: number;
}

/** Parts with a number and unknownBytes add up to totalBytes. */
export function deriveLedger({ totalBytes, freeBytes, cachedBytes, cudaBytes }: LedgerReadings): Ledger {
  if (totalBytes === undefined) {
    const known = { free: freeBytes, cached: cachedBytes, cuda: cudaBytes, other: undefined };
    return { totalBytes, parts: partsOf(known), unknownBytes: undefined, untouchedBytes: 0 };
  }
  let left = totalBytes;
  const take = (bytes: number | undefined) => {
    if (bytes === undefined) return undefined;
    const taken = Math.min(bytes, left);
    left -= taken;
    return taken;
  };
  const free = take(freeBytes);
  const cached = take(cachedBytes);
  const cuda = take(cudaBytes);
  const isClosed = free !== undefined && cached !== undefined && cuda !== undefined;
  return {
    totalBytes,
    parts: partsOf({ free, cached, cuda, other: isClosed ? left : undefined }),
    unknownBytes: isClosed ? 0 : left,
    untouchedBytes: (cudaBytes ?? 0) - (cuda ?? 0),
  };
}

function partsOf(bytes: Readonly<Record<LedgerPartName, number | undefined>>): LedgerPart[] {
  return LEDGER_PARTS.map((name) => ({ name, bytes: bytes[name] }));
}
