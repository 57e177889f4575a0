// Which version a key goes to: weighted rendezvous hashing. Each version draws a score for the key and the best one has it, so that
// when weights change only the keys that must move do, and each version's share is exactly its weight.
//
//   score(version) = weight / -ln(hash(key, version) in (0, 1))        (logarithmic method, Schindelhauer and Schomaker 2005)

/** 32 bits of a text (FNV-1a). */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

/** Strictly between 0 and 1. The mixing is the finalizer of MurmurHash3, twice, so that neighbouring keys draw unlike numbers. */
function drawOf(key: number, seed: number): number {
  let hash = Math.imul(key | 0, 0x9e3779b1) ^ Math.imul(Math.floor(key / 2 ** 32), 0x27d4eb2f) ^ seed;
  for (let round = 0; round < 2; round++) {
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return ((hash >>> 0) + 0.5) / 2 ** 32;
}

interface Route {
  readonly version: string;
  readonly weight: number;
  readonly seed: number;
}

export class VersionRouter {
  private routes: readonly Route[] = [];

  /** Replaces all weights at once. Versions with weight 0 get nothing. */
  setWeights(weights: Readonly<Record<string, number>>): void {
    this.routes = Object.entries(weights)
      .filter(([, weight]) => weight > 0)
      .map(([version, weight]) => ({ version, weight, seed: hashText(version) }));
  }

  get weights(): Record<string, number> {
    return Object.fromEntries(this.routes.map(({ version, weight }) => [version, weight]));
  }

  /** The version of a key; undefined when no version has a weight. */
  route(key: number): string | undefined {
    if (this.routes.length <= 1) return this.routes[0]?.version;
    let best: Route | undefined;
    let bestScore = -1;
    for (const route of this.routes) {
      const score = route.weight / -Math.log(drawOf(key, route.seed));
      if (score > bestScore) {
        best = route;
        bestScore = score;
      }
    }
    return best?.version;
  }
}
