// One reading of one sensor. A metric's name ends with its unit.

export interface Reading {
  readonly metric: string;
  readonly value: number;
}

/** Something that is read again and again. It finds its files when it is made; a file that fails is absent this time. */
export type Source = () => Promise<Reading[]>;

/** Letters, digits and single underscores, in lower case: what metric names are made of. */
export function metricWord(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
}
