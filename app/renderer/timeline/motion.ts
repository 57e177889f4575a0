// Smooth motion while W, A, S or D is held: speed rises to its full value in a few ticks and dies away as softly.

export interface MotionStep {
  /** Factor of the view's length; below 1 comes nearer. */
  readonly zoomFactor: number;
  /** Shares of the view's length, later is positive. */
  readonly panRatio: number;
}

/** Of the full speed, so much is missing after this time. */
const EASE_MS = 70;
const ZOOM_PER_SEC = 2.6; // natural logarithm of the factor
const PAN_PER_SEC = 1.1; // views
const STILL = 0.004;

/** By physical key (KeyboardEvent.code), so that it lies the same on every keyboard. */
const DIRECTIONS: Readonly<Record<string, readonly [zoom: number, pan: number]>> = {
  KeyW: [-1, 0],
  KeyS: [1, 0],
  KeyA: [0, -1],
  KeyD: [0, 1],
};

export class Motion {
  private readonly held = new Set<string>();
  private zoomSpeed = 0;
  private panSpeed = 0;

  /** Whether the code is one of these keys. */
  press(code: string): boolean {
    if (!Object.hasOwn(DIRECTIONS, code)) return false;
    this.held.add(code);
    return true;
  }

  release(code: string): void {
    this.held.delete(code);
  }

  /** All keys up; what moves comes to rest. */
  releaseAll(): void {
    this.held.clear();
  }

  get isMoving(): boolean {
    return this.held.size > 0 || Math.abs(this.zoomSpeed) > STILL || Math.abs(this.panSpeed) > STILL;
  }

  /** How far the view goes in these milliseconds. */
  step(elapsedMs: number): MotionStep {
    let [zoom, pan] = [0, 0];
    for (const code of this.held) {
      zoom += DIRECTIONS[code][0];
      pan += DIRECTIONS[code][1];
    }
    const kept = Math.exp(-elapsedMs / EASE_MS);
    this.zoomSpeed = zoom + (this.zoomSpeed - zoom) * kept;
    this.panSpeed = pan + (this.panSpeed - pan) * kept;
    if (!this.isMoving) [this.zoomSpeed, this.panSpeed] = [0, 0];
    const seconds = elapsedMs / 1000;
    return {
      zoomFactor: Math.exp(this.zoomSpeed * ZOOM_PER_SEC * seconds),
      panRatio: this.panSpeed * PAN_PER_SEC * seconds,
    };
  }
}
