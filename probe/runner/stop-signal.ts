const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Aborted by the first SIGINT or SIGTERM; a second one ends the process the hard way. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of SIGNALS) process.once(signal, () => controller.abort());
  return controller.signal;
}
