// Asks the worker and keeps the last answer. One question is on its way at a time, and of those that wait only the latest is asked.

import { useEffect, useRef, useState } from 'react';

/** New rows alone ask again at most so often; a new question asks at once. */
const REVISION_ASK_MS = 150;

class LatestQuestion<T> {
  private isAsking = false;
  private next: (() => Promise<T>) | undefined;
  private isClosed = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private askedMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly onAnswer: (answer: T) => void,
    private readonly onFailure: (sentence: string) => void,
  ) {}

  open(): void {
    this.isClosed = false;
  }

  ask(question: () => Promise<T>): void {
    clearTimeout(this.timer);
    this.next = question;
    void this.run();
  }

  askSoon(question: () => Promise<T>): void {
    clearTimeout(this.timer);
    const waitMs = this.askedMs + REVISION_ASK_MS - performance.now();
    this.timer = setTimeout(() => this.ask(question), Math.max(0, waitMs));
  }

  close(): void {
    this.isClosed = true;
    this.next = undefined;
    clearTimeout(this.timer);
  }

  private async run(): Promise<void> {
    if (this.isAsking) return;
    this.isAsking = true;
    while (this.next) {
      const question = this.next;
      this.next = undefined;
      this.askedMs = performance.now();
      try {
        const answer = await question();
        if (!this.isClosed) this.onAnswer(answer);
      } catch (error) {
        if (!this.isClosed) this.onFailure(error instanceof Error ? error.message : String(error));
      }
    }
    this.isAsking = false;
  }
}

/**
 * The answer to a question, asked again when its key or the revision changes. The last answer stays until the next is there.
 * @param key what the question depends on; undefined asks nothing
 */
export function useAnswer<T>(
  key: string | undefined,
  revision: number,
  question: () => Promise<T>,
): { readonly answer: T | undefined; readonly failure: string | undefined } {
  const [state, setState] = useState<{ answer: T | undefined; failure: string | undefined }>({
    answer: undefined,
    failure: undefined,
  });
  const [latest] = useState(() => {
    return new LatestQuestion<T>(
      (answer) => setState({ answer, failure: undefined }),
      (failure) => setState(({ answer }) => ({ answer, failure })),
    );
  });
  const asked = useRef<{ key: string; revision: number } | undefined>(undefined);
  useEffect(() => {
    latest.open();
    return () => {
      latest.close();
      asked.current = undefined;
    };
  }, [latest]);
  // The question is made anew on each rendering; its key says when it is another one.
  const current = useRef(question);
  current.current = question;
  useEffect(() => {
    if (key === undefined) return;
    const before = asked.current;
    asked.current = { key, revision };
    if (before?.key !== key) latest.ask(() => current.current());
    else if (before.revision !== revision) latest.askSoon(() => current.current());
  }, [key, revision, latest]);
  return state;
}
