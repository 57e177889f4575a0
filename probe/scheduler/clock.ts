// Time as the scheduler sees it: a number of nanoseconds and timers that can be armed again. The virtual clock jumps from timer to
// timer, so that an hour costs as much as its events; the real clock waits.

import { assert } from '../../shared/util/result';
import { Heap, NOT_IN_HEAP } from './heap';

/** Calls its function once each time it was armed. Arming an armed timer moves it. */
export interface Timer {
  /** A time that has passed means "as soon as possible", never "at once": the function runs from the clock, not from here. */
  armAt(timeNs: number): void;
  disarm(): void;
}

export interface Clock {
  /** Nanoseconds since the clock's origin; never goes back. */
  nowNs(): number;
  timer(run: () => void): Timer;
}

/** One timer of a TimerQueue. The order is by time, then by when it was armed. */
export class QueuedTimer implements Timer {
  timeNs = 0;
  sequence = 0;
  heapIndex = NOT_IN_HEAP;

  constructor(
    private readonly queue: TimerQueue,
    readonly run: () => void,
  ) {}

  armAt(timeNs: number): void {
    this.queue.arm(this, timeNs);
  }

  disarm(): void {
    this.queue.disarm(this);
  }
}

const isTimerBefore = (left: QueuedTimer, right: QueuedTimer) =>
  left.timeNs < right.timeNs || (left.timeNs === right.timeNs && left.sequence < right.sequence);

/** The armed timers of a clock. `onChanged` is told when the earliest may be another one. */
export class TimerQueue {
  private readonly heap = new Heap<QueuedTimer>(isTimerBefore, (timer, index) => {
    timer.heapIndex = index;
  });
  private sequence = 0;

  constructor(private readonly onChanged: () => void) {}

  /** When the earliest timer is due; Infinity when none is armed. */
  get nextNs(): number {
    return this.heap.peek()?.timeNs ?? Number.POSITIVE_INFINITY;
  }

  arm(timer: QueuedTimer, timeNs: number): void {
    assert(!Number.isNaN(timeNs), 'a timer is armed at a number');
    if (timeNs === Number.POSITIVE_INFINITY) {
      this.disarm(timer);
      return;
    }
    timer.timeNs = timeNs;
    timer.sequence = ++this.sequence;
    if (timer.heapIndex === NOT_IN_HEAP) this.heap.push(timer);
    else this.heap.moveAt(timer.heapIndex);
    this.onChanged();
  }

  disarm(timer: QueuedTimer): void {
    if (timer.heapIndex !== NOT_IN_HEAP) this.heap.removeAt(timer.heapIndex);
  }

  /** Takes the earliest timer out. */
  pop(): QueuedTimer | undefined {
    return this.heap.pop();
  }
}

/** Time that moves only when it is told to. */
export class VirtualClock implements Clock {
  private timeNs = 0;
  private readonly timers = new TimerQueue(() => {});

  nowNs(): number {
    return this.timeNs;
  }

  timer(run: () => void): Timer {
    return new QueuedTimer(this.timers, run);
  }

  /** Runs every timer that is due up to and at `endNs`, and stands at `endNs` afterwards. */
  runUntil(endNs: number): void {
    while (this.timers.nextNs <= endNs) this.step();
    if (endNs > this.timeNs) this.timeNs = endNs;
  }

  /** Jumps to the next timer and runs it; false when none is armed. */
  step(): boolean {
    const timer = this.timers.pop();
    if (!timer) return false;
    if (timer.timeNs > this.timeNs) this.timeNs = timer.timeNs;
    timer.run();
    return true;
  }
}
