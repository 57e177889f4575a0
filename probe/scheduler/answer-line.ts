// The answers of one model in the order in which its requests came (Triton's preserve_ordering): one that is there early waits for those
// of earlier requests. Refusals at the door are given at once, as in Triton, and never stand here.

import type { Request } from './request';

interface Place {
  readonly request: Request;
  give: (() => void) | undefined;
}

/** Places given out at the front are cut off when there are so many. */
const CUT_COUNT = 1024;

export class AnswerLine {
  private readonly places = new Map<Request, Place>();
  private readonly order: Place[] = [];
  private frontIndex = 0;
  private isGiving = false;

  join(request: Request): void {
    const place: Place = { request, give: undefined };
    this.places.set(request, place);
    this.order.push(place);
  }

  has(request: Request): boolean {
    return this.places.has(request);
  }

  /** The answer of a request that joined is there. `give` is called in its turn: now, when all before it were given. */
  settle(request: Request, give: () => void): void {
    this.places.get(request)!.give = give;
    // Giving one may settle others: they are given by the call that is under way.
    if (this.isGiving) return;
    this.isGiving = true;
    try {
      for (let front = this.order[this.frontIndex]; front?.give; front = this.order[this.frontIndex]) {
        this.frontIndex++;
        this.places.delete(front.request);
        front.give();
      }
      if (this.frontIndex >= CUT_COUNT || this.frontIndex === this.order.length) {
        this.order.splice(0, this.frontIndex);
        this.frontIndex = 0;
      }
    } finally {
      this.isGiving = false;
    }
  }
}
