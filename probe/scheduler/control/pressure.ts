// Back-pressure: tells sources to stop when too many of a model's requests wait, and to go on when half of them are gone.

export class Pressure {
  isPressed = false;
  private readonly heard: ((isPressed: boolean) => void)[] = [];

  /** `depthHigh` 0 never presses. */
  constructor(public depthHigh: number) {}

  /** Calls `hear` at each change until the returned function is called. */
  subscribe(hear: (isPressed: boolean) => void): () => void {
    this.heard.push(hear);
    return () => {
      const index = this.heard.indexOf(hear);
      if (index >= 0) this.heard.splice(index, 1);
    };
  }

  /** Takes the present depth; returns whether that changed something. Subscribers are told by `tell`, outside of the queue's work. */
  update(depth: number): boolean {
    const { isPressed, depthHigh } = this;
    const isNow = depthHigh > 0 && (isPressed ? depth > depthHigh / 2 : depth >= depthHigh);
    this.isPressed = isNow;
    return isNow !== isPressed;
  }

  tell(): void {
    for (const hear of [...this.heard]) hear(this.isPressed);
  }
}
