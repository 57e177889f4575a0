// Labels over a chart that would lie on each other are put one row higher.

/**
 * The row of each label, 0 the lowest: the first in which it does not touch an earlier one. `centersPx` ascend; labels are `widthPx` wide.
 * Beyond `rowCountMax` they may touch.
 */
export function stackLabels(centersPx: readonly number[], widthPx: number, rowCountMax: number): number[] {
  const lastPx: number[] = [];
  return centersPx.map((centerPx) => {
    const free = Array.from({ length: rowCountMax }, (_, row) => row).find(
      (row) => lastPx[row] === undefined || centerPx - lastPx[row] >= widthPx,
    );
    const row = free ?? rowCountMax - 1;
    lastPx[row] = centerPx;
    return row;
  });
}
