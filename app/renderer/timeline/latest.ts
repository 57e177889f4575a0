// One question at a time, and always the latest: while an answer is awaited, only the newest of the questions that come is kept.

export class LatestWins<Q, A> {
  private isAsking = false;
  private waiting: { readonly question: Q } | undefined;
  private isClosed = false;

  /** Each answer goes to `take`, in order; a question that fails goes to `fail` and the next one is asked. */
  constructor(
    private readonly ask: (question: Q) => Promise<A>,
    private readonly take: (answer: A, question: Q) => void,
    private readonly fail: (error: unknown) => void,
  ) {}

  put(question: Q): void {
    if (this.isClosed) return;
    this.waiting = { question };
    if (!this.isAsking) void this.run();
  }

  /** No answer is taken after this. */
  close(): void {
    this.isClosed = true;
    this.waiting = undefined;
  }

  private async run(): Promise<void> {
    this.isAsking = true;
    while (this.waiting) {
      const { question } = this.waiting;
      this.waiting = undefined;
      try {
        const answer = await this.ask(question);
        if (!this.isClosed) this.take(answer, question);
      } catch (error) {
        if (!this.isClosed) this.fail(error);
      }
    }
    this.isAsking = false;
  }
}
