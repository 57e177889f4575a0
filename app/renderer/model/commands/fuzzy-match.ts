// Finds commands by a few of their letters in order, as palettes do.

const WORD_BEGIN = 8;
const NEXT_TO_LAST = 5;
const FIRST_LETTER = 4;

/**
 * How well `title` fits `query`, or undefined when the letters of `query` do not stand in it in order. The best placement counts:
 * letters at the beginning of a word, letters next to each other, and short titles are better.
 */
export function fuzzyScore(query: string, title: string): number | undefined {
  const wanted = query.toLowerCase().replaceAll(' ', '');
  const letters = title.toLowerCase();
  // best[i]: score of the best placement of the letters so far whose last letter stands at i.
  let best: (number | undefined)[] = [];
  for (const [step, letter] of [...wanted].entries()) {
    let before: number | undefined = step === 0 ? 0 : undefined;
    const next: (number | undefined)[] = [];
    for (let at = 0; at < letters.length; at++) {
      if (letters[at] === letter) next[at] = scoreAt(letters, at, before, step === 0 ? undefined : best[at - 1]);
      if (step > 0) before = larger(before, best[at]);
    }
    best = next;
  }
  if (wanted === '') return 0;
  const score = best.reduce<number | undefined>(larger, undefined);
  return score === undefined ? undefined : score - letters.length / 100;
}

function larger(left: number | undefined, right: number | undefined): number | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return Math.max(left, right);
}

function scoreAt(
  letters: string,
  at: number,
  before: number | undefined,
  adjacent: number | undefined,
): number | undefined {
  const score = larger(before, adjacent === undefined ? undefined : adjacent + NEXT_TO_LAST);
  if (score === undefined) return undefined;
  const beginsWord = at === 0 || !/[\p{L}\p{N}]/u.test(letters[at - 1]);
  return score + 1 + (beginsWord ? WORD_BEGIN : 0) + (at === 0 ? FIRST_LETTER : 0);
}

/** Items whose title fits, the best first; equal ones keep their order. An empty query gives all. */
export function fuzzyFilter<T extends { readonly title: string }>(query: string, items: readonly T[]): readonly T[] {
  return items
    .map((item, index) => ({ item, index, score: fuzzyScore(query, item.title) }))
    .filter((each): each is { item: T; index: number; score: number } => each.score !== undefined)
    .sort((left, right) => right.score - left.score || left.index - right.index)
    .map(({ item }) => item);
}
