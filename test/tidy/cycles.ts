// Import cycles between files. A type-only import counts: two files that need each other are one idea in two places.

import type { ImportGraph } from './imports';
import type { Finding } from './repository';

// The cycle begun at its smallest path, so that it reads the same from wherever the search came upon it.
function normalised(cycle: readonly string[]): string[] {
  const begin = cycle.indexOf([...cycle].sort()[0]);
  return [...cycle.slice(begin), ...cycle.slice(0, begin)];
}

/** At least one cycle of each knot of files, as `a.ts → b.ts → a.ts`. */
export function checkCycles(graph: ImportGraph): Finding[] {
  const cycles = new Set<string>();
  const done = new Set<string>();
  const way: string[] = [];
  const visit = (path: string): void => {
    const at = way.indexOf(path);
    if (at >= 0) {
      const [first, ...rest] = normalised(way.slice(at));
      cycles.add(`${first}: import cycle ${[first, ...rest, first].join(' → ')}`);
    }
    if (at >= 0 || done.has(path)) return;
    way.push(path);
    for (const target of graph.targetsOf.get(path) ?? []) if (target.kind === 'file') visit(target.path);
    way.pop();
    done.add(path);
  };
  for (const path of graph.targetsOf.keys()) visit(path);
  return [...cycles].sort();
}
