// Sizes and colours of the page, for what is drawn on a canvas.

import { type RefObject, useEffect, useState } from 'react';

export interface SizePx {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** The inner size of an element in whole CSS pixels; 0 × 0 before it is laid out. */
export function useSize(element: RefObject<HTMLElement | null>): SizePx {
  const [size, setSize] = useState<SizePx>({ widthPx: 0, heightPx: 0 });
  useEffect(() => {
    const observed = element.current;
    if (!observed) return;
    const read = () => {
      const next = { widthPx: Math.floor(observed.clientWidth), heightPx: Math.floor(observed.clientHeight) };
      setSize((before) => (before.widthPx === next.widthPx && before.heightPx === next.heightPx ? before : next));
    };
    read();
    const observer = new ResizeObserver(read);
    observer.observe(observed);
    return () => observer.disconnect();
  }, [element]);
  return size;
}

/** Calls when the shell changes its colours; what is on a canvas is then drawn anew. Returns its remover. */
export function onThemeChange(listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributeFilter: ['data-theme', 'class'] });
  return () => observer.disconnect();
}

/** A canvas's drawing context in CSS pixels, with as many device pixels as the screen has; undefined where there is none. */
export function contextOf(
  canvas: HTMLCanvasElement,
  { widthPx, heightPx }: SizePx,
): CanvasRenderingContext2D | undefined {
  const scale = window.devicePixelRatio || 1;
  const width = Math.round(widthPx * scale);
  const height = Math.round(heightPx * scale);
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext('2d') ?? undefined;
  context?.setTransform(scale, 0, 0, scale, 0, 0);
  return context;
}

/** The colour that a CSS custom property such as --text has where the element stands, in a form that a canvas takes. */
export function colourOf(element: HTMLElement, property: string): string {
  // A canvas does not take color-mix() in every Chromium; the computed value of a colour is always a plain one.
  element.style.color = `var(${property})`;
  const { color } = getComputedStyle(element);
  element.style.color = '';
  return color || 'gray';
}
