// The clock of a scheduler that runs in real time.

import { NS_PER_MS } from '../../shared/units/units';
import { type Clock, QueuedTimer, type Timer, TimerQueue } from './clock';

// A runtime's timeout is exact to about a millisecond. The rest of the way is gone turn by turn of the event loop, which lets
// everything else run in between, so that a batch delay of 200 µs is one.
const COARSE_MS = 1.5;

/** Waits with the runtime's own timers. `close` lets go of them; a closed clock runs nothing more. */
export class RealClock implements Clock {
  private readonly timers = new TimerQueue(() => this.wait());
  private timeout: ReturnType<typeof setTimeout> | undefined;
  private immediate: ReturnType<typeof setImmediate> | undefined;
  private waitsForNs = Number.POSITIVE_INFINITY;
  private isClosed = false;

  /** `nowNs` is the session's clock, so that the scheduler's times fit the other rows' without conversion. */
  constructor(readonly nowNs: () => number) {}

  timer(run: () => void): Timer {
    return new QueuedTimer(this.timers, run);
  }

  close(): void {
    this.isClosed = true;
    this.stopWaiting();
  }

  private stopWaiting(): void {
    clearTimeout(this.timeout);
    clearImmediate(this.immediate);
    this.waitsForNs = Number.POSITIVE_INFINITY;
  }

  private wait(): void {
    const { nextNs } = this.timers;
    if (this.isClosed || nextNs >= this.waitsForNs || nextNs === Number.POSITIVE_INFINITY) return;
    this.stopWaiting();
    this.waitsForNs = nextNs;
    const delayMs = (nextNs - this.nowNs()) / NS_PER_MS;
    if (delayMs > COARSE_MS) this.timeout = setTimeout(() => this.runDue(), Math.floor(delayMs - 1));
    else this.immediate = setImmediate(() => this.runDue());
  }

  private runDue(): void {
    this.waitsForNs = Number.POSITIVE_INFINITY;
    // Taken once: a timer that arms itself at a time that has passed runs in the next turn and starves nobody.
    const nowNs = this.nowNs();
    while (!this.isClosed && this.timers.nextNs <= nowNs) {
      // While one runs, what it arms must not start a wait that this loop makes stale.
      this.waitsForNs = Number.NEGATIVE_INFINITY;
      const timer = this.timers.pop()!;
      try {
        timer.run();
      } finally {
        this.waitsForNs = Number.POSITIVE_INFINITY;
      }
    }
    this.wait();
  }
}
