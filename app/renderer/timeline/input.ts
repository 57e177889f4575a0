// What a person does with pointer and keyboard, told as what they mean. Positions are CSS px from the top left of the canvas.

import type { Motion } from './motion';

export interface TimelineActions {
  zoomAt(xPx: number, factor: number): void;
  panByPx(deltaPx: number): void;
  scrollBy(deltaPx: number): void;
  selectBetween(fromPx: number, toPx: number): void;
  click(xPx: number, yPx: number): void;
  doubleClick(xPx: number, yPx: number): void;
  hover(xPx: number, yPx: number): void;
  leave(): void;
  /** A key that means something; false lets the browser have it. */
  key(event: KeyboardEvent): boolean;
  /** W, A, S or D went down. */
  move(): void;
}

const CLICK_PX_MAX = 4;
const WHEEL_ZOOM = 0.0022; // natural logarithm of the factor, for one px of wheel
const LINE_PX = 16;
const PAGE_PX = 400;

/** Wheel distance in px, whatever unit the device reports. */
function wheelPx(delta: number, deltaMode: number): number {
  return delta * (deltaMode === 1 ? LINE_PX : deltaMode === 2 ? PAGE_PX : 1);
}

/** Whether a bare key belongs to the element that has the focus. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
}

interface Drag {
  readonly xPx: number;
  readonly yPx: number;
  readonly isPan: boolean;
  lastPx: number;
  hasMoved: boolean;
}

/** Listens until the given signal aborts. */
export function listenForInput(
  surface: HTMLElement,
  motion: Motion,
  actions: TimelineActions,
  signal: AbortSignal,
): void {
  listenForPointer(surface, actions, signal);
  listenForWheel(surface, actions, signal);
  listenForKeys(surface, motion, actions, signal);
}

function listenForPointer(surface: HTMLElement, actions: TimelineActions, signal: AbortSignal): void {
  let drag: Drag | undefined;
  surface.addEventListener(
    'pointerdown',
    (event) => {
      if (event.button > 1) return;
      surface.focus({ preventScroll: true });
      surface.setPointerCapture(event.pointerId);
      const isPan = event.shiftKey || event.button === 1;
      drag = { xPx: event.offsetX, yPx: event.offsetY, isPan, lastPx: event.offsetX, hasMoved: false };
    },
    { signal },
  );
  surface.addEventListener(
    'pointermove',
    (event) => {
      if (!drag) return actions.hover(event.offsetX, event.offsetY);
      drag.hasMoved ||= Math.abs(event.offsetX - drag.xPx) > CLICK_PX_MAX;
      if (!drag.hasMoved) return;
      if (drag.isPan) actions.panByPx(drag.lastPx - event.offsetX);
      else actions.selectBetween(drag.xPx, event.offsetX);
      drag.lastPx = event.offsetX;
    },
    { signal },
  );
  surface.addEventListener(
    'pointerup',
    (event) => {
      if (drag && !drag.hasMoved && event.button === 0) actions.click(drag.xPx, drag.yPx);
      drag = undefined;
    },
    { signal },
  );
  surface.addEventListener('pointercancel', () => (drag = undefined), { signal });
  surface.addEventListener('pointerleave', () => actions.leave(), { signal });
  surface.addEventListener('dblclick', (event) => actions.doubleClick(event.offsetX, event.offsetY), { signal });
}

function listenForWheel(surface: HTMLElement, actions: TimelineActions, signal: AbortSignal): void {
  surface.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const x = wheelPx(event.deltaX, event.deltaMode);
      const y = wheelPx(event.deltaY, event.deltaMode);
      if (event.ctrlKey || event.metaKey) return actions.zoomAt(event.offsetX, Math.exp(y * WHEEL_ZOOM));
      // With Shift some systems turn the wheel sideways by themselves.
      if (event.shiftKey) return actions.panByPx(x === 0 ? y : x);
      if (x !== 0) actions.panByPx(x);
      if (y !== 0) actions.scrollBy(y);
    },
    { signal, passive: false },
  );
}

function listenForKeys(surface: HTMLElement, motion: Motion, actions: TimelineActions, signal: AbortSignal): void {
  const page = surface.ownerDocument;
  page.addEventListener(
    'keydown',
    (event) => {
      // A hidden timeline (another session's, behind a tab) hears nothing.
      if (isTyping(event.target) || event.defaultPrevented || surface.offsetParent === null) return;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (!event.shiftKey && motion.press(event.code)) actions.move();
      else if (!actions.key(event)) return;
      event.preventDefault();
    },
    { signal },
  );
  page.addEventListener('keyup', (event) => motion.release(event.code), { signal });
  page.defaultView?.addEventListener('blur', () => motion.releaseAll(), { signal });
}
