import type { ControlConnection } from './control';

/**
 * Measures the round trip over a control connection every `everyMs`, and ends by itself when the connection is over. Returns what
 * ends it before.
 */
export function measureRoundTrip(
  control: ControlConnection,
  everyMs: number,
  onMeasured: (roundTripMs: number) => void,
): () => void {
  let timer: NodeJS.Timeout | undefined;
  let isWanted = everyMs > 0;
  const ask = async () => {
    const startMs = performance.now();
    try {
      await control.request('probe/describe', {});
    } catch {
      return; // a lost connection is noticed by its close; a refused question says nothing of the round trip
    }
    if (!isWanted) return;
    onMeasured(performance.now() - startMs);
    timer = setTimeout(ask, everyMs).unref();
  };
  if (isWanted) void ask();
  return () => {
    isWanted = false;
    clearTimeout(timer);
  };
}
