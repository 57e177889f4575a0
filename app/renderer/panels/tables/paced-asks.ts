// Questions that come more often than they can be answered: one at a time, the latest wins. A changed question is asked as soon as nothing
// is under way; the same question over newer rows at most once in an interval. An answer that was overtaken is told too, so that a table
// moves along while a range is dragged; whoever shows it says which question it answers.

export interface Question<A> {
  /** Equal for the same question over newer rows. */
  readonly key: string;
  readonly ask: () => Promise<A>;
}

export interface Listener<A> {
  readonly onBegin: (key: string) => void;
  readonly onAnswer: (key: string, answer: A) => void;
  readonly onFailure: (key: string, error: unknown) => void;
}

/** Of the host's time that one repeated question may take: a report over many rows is asked less often. */
const LOAD_RATIO_MAX = 0.25;

export class PacedAsks<A> {
  private next: Question<A> | undefined;
  private isBusy = false;
  private isClosed = false;
  private lastKey: string | undefined;
  private beganMs = Number.NEGATIVE_INFINITY;
  private tookMs = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** At least `intervalMs` lies between the beginnings of two equal questions. */
  constructor(
    private readonly listener: Listener<A>,
    private readonly intervalMs: number,
  ) {}

  /** Asks as soon as it may; a question that was not begun yet is forgotten. */
  request(question: Question<A>): void {
    this.next = question;
    this.begin();
  }

  /** No listener is called any more. */
  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
  }

  private begin(): void {
    if (this.isBusy || this.isClosed || !this.next) return;
    clearTimeout(this.timer);
    const restMs = Math.max(this.intervalMs, this.tookMs / LOAD_RATIO_MAX);
    const waitMs = this.next.key === this.lastKey ? this.beganMs + restMs - performance.now() : 0;
    if (waitMs > 0) this.timer = setTimeout(() => this.begin(), waitMs);
    else void this.run(this.next);
  }

  private async run({ key, ask }: Question<A>): Promise<void> {
    this.next = undefined;
    this.isBusy = true;
    this.lastKey = key;
    this.beganMs = performance.now();
    this.listener.onBegin(key);
    try {
      const answer = await ask();
      if (!this.isClosed) this.listener.onAnswer(key, answer);
    } catch (error) {
      if (!this.isClosed) this.listener.onFailure(key, error);
    } finally {
      this.isBusy = false;
      this.tookMs = performance.now() - this.beganMs;
      this.begin();
    }
  }
}
