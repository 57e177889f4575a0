// Free holes between the live blocks of one space, and how broken up they are.
//
//   |AAAA|....|BB|..........|C|   used span: first byte of A to last byte of C
//         gap        gap          fragmentation = 1 - largest gap / all gaps
//
// 0 is one hole (or none), near 1 is many small ones. A hole larger than breakBytes separates two regions of the address space, which
// the driver keeps far apart, and is no gap: nothing could be allocated there.

import type { MemoryLog } from './memory-log';

export interface SpaceGaps {
  /** Index of the log's spaces. */
  readonly space: number;
  readonly fromAddress: number;
  /** One past the last used byte. */
  readonly toAddress: number;
  readonly liveBytes: number;
  readonly liveCount: number;
  readonly gapBytes: number;
  readonly gapCount: number;
  readonly largestGapBytes: number;
  /** Of the largest gap; 0 when there is none. */
  readonly largestGapAddress: number;
  /** Of live blocks. */
  readonly largestBlockBytes: number;
  readonly regionCount: number;
  /** 0..1 */
  readonly fragmentationRatio: number;
}

/**
 * Gaps between live blocks, one entry a space that has some.
 * @param live blocks, as sortedByAddress (sorted.ts) gives them
 * @param breakBytes of a space: a larger hole lies between two regions
 */
export function gapsOf(log: MemoryLog, live: Uint32Array, breakBytes: (space: number) => number): SpaceGaps[] {
  const { operations, blocks } = log;
  const found: SpaceGaps[] = [];
  let from = 0;
  while (from < live.length) {
    const space = operations.space[blocks.allocatedBy[live[from]]];
    let to = from + 1;
    while (to < live.length && operations.space[blocks.allocatedBy[live[to]]] === space) to += 1;
    found.push(gapsOfSpace(log, space, live.subarray(from, to), breakBytes(space)));
    from = to;
  }
  return found;
}

function gapsOfSpace(log: MemoryLog, space: number, live: Uint32Array, breakBytes: number): SpaceGaps {
  const { operations, blocks } = log;
  const fromAddress = operations.address[blocks.allocatedBy[live[0]]];
  let usedUntil = fromAddress;
  let liveBytes = 0;
  let gapBytes = 0;
  let gapCount = 0;
  let largestGapBytes = 0;
  let largestGapAddress = 0;
  let largestBlockBytes = 0;
  let regionCount = 1;
  for (const block of live) {
    const address = operations.address[blocks.allocatedBy[block]];
    const bytes = operations.bytes[blocks.allocatedBy[block]];
    const hole = address - usedUntil;
    if (hole > breakBytes) regionCount += 1;
    else if (hole > 0) {
      gapBytes += hole;
      gapCount += 1;
      if (hole > largestGapBytes) {
        largestGapBytes = hole;
        largestGapAddress = usedUntil;
      }
    }
    usedUntil = Math.max(usedUntil, address + bytes);
    liveBytes += bytes;
    largestBlockBytes = Math.max(largestBlockBytes, bytes);
  }
  return {
    space,
    fromAddress,
    toAddress: usedUntil,
    liveBytes,
    liveCount: live.length,
    gapBytes,
    gapCount,
    largestGapBytes,
    largestGapAddress,
    largestBlockBytes,
    regionCount,
    fragmentationRatio: gapBytes === 0 ? 0 : 1 - largestGapBytes / gapBytes,
  };
}
