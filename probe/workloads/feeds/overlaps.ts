// Greedy non-maximum suppression on the CPU, as of kernels/nms, for the boxes of one picture.

import type { Box } from './box';

/** Ultralytics' default: boxes that share more than this of their common area are one. */
const OVERLAP_RATIO_MAX = 0.7;

const areaOf = ({ leftPx, topPx, rightPx, bottomPx }: Box): number =>
  Math.max(0, rightPx - leftPx) * Math.max(0, bottomPx - topPx);

/** Intersection over union, 0 to 1. */
export function overlapRatio(one: Box, other: Box): number {
  const widthPx = Math.min(one.rightPx, other.rightPx) - Math.max(one.leftPx, other.leftPx);
  const heightPx = Math.min(one.bottomPx, other.bottomPx) - Math.max(one.topPx, other.topPx);
  if (widthPx <= 0 || heightPx <= 0) return 0;
  const sharedPx = widthPx * heightPx;
  return sharedPx / (areaOf(one) + areaOf(other) - sharedPx);
}

/** `boxes` come with the best first; of those that overlap the best stays. */
export function suppressOverlaps(boxes: readonly Box[]): Box[] {
  const kept: Box[] = [];
  for (const box of boxes) {
    if (kept.every((better) => overlapRatio(better, box) <= OVERLAP_RATIO_MAX)) kept.push(box);
  }
  return kept;
}
