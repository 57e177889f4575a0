// Undo and redo of what the timeline shows. Steps that follow each other closely are one.

import type { SessionStore, TimeRange } from './session-store';

const STEPS_MAX = 200;
/** A zoom or a pan is many small changes; the view they began from is the step. */
const SAME_STEP_MS = 500;

export class ViewHistory {
  private readonly past: TimeRange[] = [];
  private future: TimeRange[] = [];
  private changedAtMs = 0;
  private isMoving = false;

  constructor(
    private readonly store: SessionStore,
    nowMs: () => number = () => performance.now(),
  ) {
    store.subscribe(({ view, isFollowing }, before) => {
      if (view === before.view || this.isMoving || isFollowing || !before.view || before.isFollowing) return;
      const now = nowMs();
      if (now - this.changedAtMs > SAME_STEP_MS) {
        this.past.push(before.view);
        if (this.past.length > STEPS_MAX) this.past.shift();
      }
      this.changedAtMs = now;
      this.future = [];
    });
  }

  undo(): void {
    this.move(this.past, this.future);
  }

  redo(): void {
    this.move(this.future, this.past);
  }

  private move(from: TimeRange[], to: TimeRange[]): void {
    const { view } = this.store.getState();
    const next = from.pop();
    if (!next) return;
    if (view) to.push(view);
    this.isMoving = true;
    this.store.setState({ view: next, isFollowing: false });
    this.isMoving = false;
  }
}
