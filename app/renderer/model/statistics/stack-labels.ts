// Labels over a chart that would lie on each other are put one row higher.

/** The row of each label, 0 the lowest: the first in which it touches no earlier one. `centersPx` ascend; labels are `widthPx` wide. */
export function stackLabels(centersPx: readonly number[], widthPx: number): number[] {
  const lastPx: number[] = [];
  return centersPx.map((centerPx) => {
    const free = lastPx.findIndex((takenPx) => centerPx - takenPx >= widthPx);
    const row = free < 0 ? lastPx.length : free;
    lastPx[row] = centerPx;
    return row;
  });
}
