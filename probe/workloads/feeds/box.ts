/** Something that was found, in pixels of the network's input; the second corner is just outside. */
export interface Box {
  readonly leftPx: number;
  readonly topPx: number;
  readonly rightPx: number;
  readonly bottomPx: number;
  readonly scoreRatio: number;
}
