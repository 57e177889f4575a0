// Waiting for a condition that some events may make true.

/** Listeners of one kind of event. Each `add` returns its remover. */
export class Listeners<Args extends readonly unknown[]> {
  private readonly listeners = new Set<(...args: Args) => void>();

  add(listener: (...args: Args) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  call(...args: Args): void {
    for (const listener of [...this.listeners]) listener(...args);
  }
}

export interface EventSource {
  add(listener: () => void): () => void;
}

/** An abort as an event; never, without a signal. */
export function abortOf(signal: AbortSignal | undefined): EventSource {
  return {
    add: (listener) => {
      signal?.addEventListener('abort', listener);
      return () => signal?.removeEventListener('abort', listener);
    },
  };
}

/** Happens once, `ms` after the first listener came. */
export class Deadline implements EventSource {
  isOver = false;

  constructor(private readonly ms: number) {}

  add(listener: () => void): () => void {
    const timer = setTimeout(() => {
      this.isOver = true;
      listener();
    }, this.ms);
    return () => clearTimeout(timer);
  }
}

/** Asks `check` now and at each event. Resolves when it returns true, rejects with what it throws. */
export function until(events: readonly EventSource[], check: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const removers: (() => void)[] = [];
    const ask = () => {
      try {
        if (!check()) return;
        resolve();
      } catch (error) {
        reject(error);
      }
      for (const remove of removers) remove();
    };
    removers.push(...events.map((source) => source.add(ask)));
    ask();
  });
}
