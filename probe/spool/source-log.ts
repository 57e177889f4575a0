// Which sources are still needed: those that may send more, and those with packets in the ring.

interface Source {
  isOpen: boolean;
  lastSequence: number;
}

export class SourceLog {
  private readonly sources = new Map<number, Source>();

  open(sourceId: number): void {
    this.sources.set(sourceId, { isOpen: true, lastSequence: 0 });
  }

  note(sourceId: number, sequence: number): void {
    const source = this.sources.get(sourceId);
    if (source) source.lastSequence = sequence;
  }

  close(sourceId: number): void {
    const source = this.sources.get(sourceId);
    if (source) source.isOpen = false;
  }

  /**
   * Whether the ring, whose oldest packet is `oldestSequence`, holds nothing of the source and never will. Sources of an earlier
   * run of the probe are never gone, because nobody knows their last packet; the probe itself (0) never is.
   */
  isGone(sourceId: number, oldestSequence: number): boolean {
    const source = this.sources.get(sourceId);
    return source !== undefined && !source.isOpen && source.lastSequence < oldestSequence;
  }
}
