// One thing that doctor looks at: what was found, what works without it, and how to get it.

export type CheckState = 'ok' | 'limited' | 'missing';

export interface Check {
  readonly name: string;
  readonly state: CheckState;
  readonly found: string;
  /** What still works; empty when nothing is wrong. */
  readonly without: string;
  /** What to do; empty when nothing is wrong. */
  readonly remedy: string;
}

export function good(name: string, found: string): Check {
  return { name, state: 'ok', found, without: '', remedy: '' };
}

export function limited(name: string, found: string, without: string, remedy: string): Check {
  return { name, state: 'limited', found, without, remedy };
}

export function missing(name: string, found: string, without: string, remedy: string): Check {
  return { name, state: 'missing', found, without, remedy };
}
