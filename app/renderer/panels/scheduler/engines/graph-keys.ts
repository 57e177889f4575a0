// What a key means on the graph of layers.

import type { Direction } from '../../../model/scheduler/graph/graph-view';

export type GraphKey =
  | { readonly kind: 'walk'; readonly to: Direction }
  | { readonly kind: 'pan'; readonly xRatio: number; readonly yRatio: number }
  | { readonly kind: 'zoom'; readonly factor: number }
  | { readonly kind: 'fit' | 'focus' | 'search' | 'clear' | 'dearest' };

const PAN_RATIO = 0.15;
const ZOOM = 1.3;

const BY_KEY: Readonly<Record<string, GraphKey>> = {
  ArrowUp: { kind: 'walk', to: 'up' },
  ArrowDown: { kind: 'walk', to: 'down' },
  ArrowLeft: { kind: 'walk', to: 'left' },
  ArrowRight: { kind: 'walk', to: 'right' },
  '+': { kind: 'zoom', factor: ZOOM },
  '=': { kind: 'zoom', factor: ZOOM },
  '-': { kind: 'zoom', factor: 1 / ZOOM },
  '0': { kind: 'fit' },
  '/': { kind: 'search' },
  Escape: { kind: 'clear' },
};

/** By place on the keyboard, as on the timeline. */
const BY_CODE: Readonly<Record<string, GraphKey>> = {
  KeyW: { kind: 'pan', xRatio: 0, yRatio: -PAN_RATIO },
  KeyS: { kind: 'pan', xRatio: 0, yRatio: PAN_RATIO },
  KeyA: { kind: 'pan', xRatio: -PAN_RATIO, yRatio: 0 },
  KeyD: { kind: 'pan', xRatio: PAN_RATIO, yRatio: 0 },
  KeyF: { kind: 'focus' },
  KeyT: { kind: 'dearest' },
};

/** undefined for a key that the window may have. */
export function graphKeyOf(event: {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}): GraphKey | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  return BY_KEY[event.key] ?? BY_CODE[event.code];
}

export const GRAPH_KEY_WORDS =
  'Drag or W A S D move, wheel or + − zoom, 0 shows all, arrows walk along the links, T goes to the dearest layer, F zooms to the chosen one, / searches.';
