// Slices of one row that overlap without nesting go to lanes of their own, because Chrome's format draws a thread as a stack.
//
//   AAAA.....        lane 0: AAAA....DD
//   ..BBBB...   ──▶  lane 1: ..BBBB....
//   ........DD

/** Gives each slice, in order of start (longer first), the lowest lane in which it nests. Times in nanoseconds. */
export class Lanes {
  private readonly openEnds: number[][] = [];

  laneOf(startNs: number, endNs: number): number {
    for (let lane = 0; ; lane++) {
      this.openEnds[lane] ??= [];
      const open = this.openEnds[lane];
      while (open.length > 0 && open[open.length - 1] <= startNs) open.pop();
      if (open.length > 0 && endNs > open[open.length - 1]) continue;
      open.push(endNs);
      return lane;
    }
  }
}
