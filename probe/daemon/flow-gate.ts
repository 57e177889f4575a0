// Stops all sources of packets while the disk is behind. What they do then is theirs: a collector drops and counts, a pipe waits.

interface Flow {
  pause(): void;
  resume(): void;
}

export class FlowGate {
  private readonly flows = new Set<Flow>();
  private isShut = false;

  /** Lets the flow run, now or when the gate opens. Returns its remover. */
  add(flow: Flow): () => void {
    this.flows.add(flow);
    if (!this.isShut) flow.resume();
    return () => {
      this.flows.delete(flow);
    };
  }

  shut(isShut: boolean): void {
    this.isShut = isShut;
    for (const flow of this.flows) {
      if (isShut) flow.pause();
      else flow.resume();
    }
  }
}
