// Blocks in the orders in which they are shown.

import type { MemoryLog } from './memory-log';

export type BlockOrder = 'bytes' | 'allocatedNs' | 'address';

/** Blocks by what their allocation says; where that is the same, in order of allocation. */
export function sortedBy(log: MemoryLog, blocks: Uint32Array, order: BlockOrder, isDescending: boolean): Uint32Array {
  const { operations } = log;
  const column = { bytes: operations.bytes, allocatedNs: operations.timeNs, address: operations.address }[order];
  const sign = isDescending ? -1 : 1;
  const key = keysOf(log, blocks, (operation) => sign * column[operation]);
  return inOrder(blocks, (left, right) => key[left] - key[right] || blocks[left] - blocks[right]);
}

/** Blocks by space, then by address. */
export function sortedByAddress(log: MemoryLog, blocks: Uint32Array): Uint32Array {
  const { operations } = log;
  const space = keysOf(log, blocks, (operation) => operations.space[operation]);
  const address = keysOf(log, blocks, (operation) => operations.address[operation]);
  return inOrder(blocks, (left, right) => space[left] - space[right] || address[left] - address[right]);
}

// Keys are looked up once and not in each comparison.
function keysOf(log: MemoryLog, blocks: Uint32Array, keyOf: (operation: number) => number): Float64Array {
  const { allocatedBy } = log.blocks;
  const keys = new Float64Array(blocks.length);
  for (let index = 0; index < blocks.length; index++) keys[index] = keyOf(allocatedBy[blocks[index]]);
  return keys;
}

function inOrder(blocks: Uint32Array, compare: (left: number, right: number) => number): Uint32Array {
  const order = new Uint32Array(blocks.length);
  for (let index = 0; index < order.length; index++) order[index] = index;
  order.sort(compare);
  for (let index = 0; index < order.length; index++) order[index] = blocks[order[index]];
  return order;
}
