// A camera in front of the scheduler. It has its own small buffer, hands on only so many images at a time, and when it may not hand
// on (too many are out, or the scheduler asked it to stop) its policy says which image is thrown away. Each one thrown away is told.
//
//   camera ─▶ offer ─▶ [ buffer ] ─▶ sink (scheduler or pipeline)
//                 ╰─▶ dropped          ◀── done, pressure

import type { Clock } from '../clock';
import type { DropReason, Listener } from '../listener';
import { type DropPolicy, type DropPolicyName, type Image, makeDropPolicy } from './drop-policies';

export interface VideoSourceOptions {
  readonly name: string;
  readonly policy: DropPolicyName;
  /** Images that may wait here, at least 1. */
  readonly bufferCount?: number;
  /** Images that may be out at the same time. */
  readonly inFlightMax?: number;
  /** Of the every-nth policy. */
  readonly everyNth?: number;
  /** From the image's arrival to the moment its answer is worth nothing more. */
  readonly deadlineNs?: number;
}

/** Where images go. */
export interface Sink {
  /** `done` is called once, later or at once. */
  submit(image: Image, done: () => void): void;
  /** When an image handed on now would be answered, in ns of the clock. */
  predictCompletionNs(): number;
}

export class VideoSource {
  private readonly buffer: Image[] = [];
  private readonly policy: DropPolicy;
  private readonly bufferCount: number;
  private readonly inFlightMax: number;
  private readonly deadlineNs: number;
  private inFlightCount = 0;
  private imageCount = 0;
  private isPressed = false;
  private isFeeding = false;
  droppedCount = 0;

  constructor(
    private readonly options: VideoSourceOptions,
    private readonly clock: Clock,
    private readonly sink: Sink,
    private readonly listener: Listener,
  ) {
    this.policy = makeDropPolicy(options.policy, options.everyNth ?? 2);
    this.bufferCount = Math.max(1, options.bufferCount ?? 1);
    this.inFlightMax = options.inFlightMax ?? 2;
    this.deadlineNs = options.deadlineNs ?? Number.POSITIVE_INFINITY;
  }

  /** Takes one image that arrived now. */
  offer(payload?: unknown): void {
    const arrivalNs = this.clock.nowNs();
    const index = this.imageCount++;
    const image = { index, arrivalNs, deadlineNs: arrivalNs + this.deadlineNs, payload };
    const reason = this.policy.refuses(image, this.buffer.length, this.bufferCount);
    if (reason) {
      this.drop(image, reason);
      return;
    }
    this.buffer.push(image);
    this.feed();
    while (this.buffer.length > this.bufferCount) this.drop(this.buffer.shift()!, 'oldest');
  }

  /** Back-pressure: nothing is handed on while it is pressed. */
  setPressed(isPressed: boolean): void {
    this.isPressed = isPressed;
    this.feed();
  }

  private feed(): void {
    // A sink may answer at once, and its `done` comes back here.
    if (this.isFeeding) return;
    this.isFeeding = true;
    while (!this.isPressed && this.inFlightCount < this.inFlightMax && this.buffer.length > 0) {
      const image = this.buffer.shift()!;
      if (this.policy.isHopeless(image, this.sink)) this.drop(image, 'deadline');
      else this.handOn(image);
    }
    this.isFeeding = false;
  }

  private handOn(image: Image): void {
    this.inFlightCount++;
    this.sink.submit(image, () => {
      this.inFlightCount--;
      this.feed();
    });
  }

  private drop({ arrivalNs }: Image, reason: DropReason): void {
    this.droppedCount++;
    this.listener.onDrop({ timeNs: this.clock.nowNs(), source: this.options.name, arrivalNs, reason });
  }
}
