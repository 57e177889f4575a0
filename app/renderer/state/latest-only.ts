// Work that is asked for more often than it can be done: one at a time, at most once in so long, and the latest is always done.

/** Gives a function that takes work; work that was overtaken before it began is left out. Failures are the work's own. */
export function latestOnly(intervalMs: number): (work: () => Promise<void>) => void {
  let next: (() => Promise<void>) | undefined;
  let isBusy = false;
  const run = async () => {
    isBusy = true;
    while (next) {
      const work = next;
      next = undefined;
      await work().catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, intervalMs));
    }
    isBusy = false;
  };
  return (work) => {
    next = work;
    if (!isBusy) void run();
  };
}
