// When to try again, and how long something may be waited for.

/** First and longest wait between two attempts. A probe or a network that comes back is found within the longest. */
const BACKOFF_MS_MIN = 200;
const BACKOFF_MS_MAX = 5000;

/**
 * Milliseconds to wait before attempt `attempt` (1, 2, …): doubled each time, and between half and all of it, so that many
 * viewers of one board do not come back in step. `random` is in 0..1.
 */
export function deriveBackoffMs(attempt: number, random: number): number {
  const wholeMs = Math.min(BACKOFF_MS_MIN * 2 ** Math.min(attempt - 1, 16), BACKOFF_MS_MAX);
  return wholeMs * (0.5 + random / 2);
}

/** Resolves after `ms` or as soon as the signal is aborted. */
export function waitMs(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}
