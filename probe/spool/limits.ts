// Sizes of the ring and of what it keeps in memory. The process is to stay below 150 MB, of which Node itself takes 50.

import { KIB, MIB } from '../../shared/units/units';
import { PACKET_BYTES_MAX } from '../../shared/wire/limits';

/** Of the whole ring, when nothing is said. */
export const RING_BYTES_DEFAULT = 1024 * MIB;
/** Below this a lane could not hold two packets of the largest size in two segments. */
export const RING_BYTES_MIN = 8 * MIB;
/** What one segment file holds at most; a smaller ring has smaller segments, so that dropping one drops a small part. */
export const SEGMENT_BYTES_MAX = 16 * MIB;
/** Part of the ring that belongs to the vital lane: a flood of kernels must not push out what explains them. */
export const VITAL_RING_RATIO = 1 / 8;
/** Segments a lane is divided into while they stay below SEGMENT_BYTES_MAX. */
export const LANE_SEGMENT_COUNT = 8;

/** One block of the tail in memory. Holds the largest packet and the totals in front of a segment. */
export const BLOCK_BYTES = { vital: PACKET_BYTES_MAX + 64 * KIB, bulk: 4 * MIB } as const;
/** Written bytes that stay in memory for viewers who are up to date. */
export const TAIL_BYTES = { vital: 2 * MIB, bulk: 8 * MIB } as const;
/** Bytes not yet on disk at which intake stops reading its sockets, and at which it goes on. */
export const BACKLOG_BYTES_MAX = 24 * MIB;
export const BACKLOG_BYTES_LOW = 12 * MIB;
/** While the disk is full: what waits in memory for better times (state rows, diagnostics and losses). */
export const STOPPED_VITAL_BYTES_MAX = 4 * MIB;
/** State rows kept for new viewers, of all sources together. */
export const STATE_BYTES_MAX = 32 * MIB;

/** Packets of a lane whose sequence, table and rows are remembered, evicted ones included, so that gaps are counted exactly. */
export const PACKET_INDEX_MAX = 256 * 1024;
/** Distance of the places in a segment from which a cursor walks to its packet. */
export const SEEK_STEP_BYTES = 64 * KIB;
/** What a cursor reads from disk at once. */
export const READ_BYTES = 512 * KIB;

/** How often a stopped ring looks whether there is space again, in milliseconds. */
export const RESUME_CHECK_MS = 500;
