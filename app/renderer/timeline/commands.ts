// What keys and pointer do to the timeline. Everything that a person chooses goes through here, and is told to the shell.

import type { View } from '../model/timeline/pixel-query';
import type { SliceRow } from '../model/timeline/rows';
import {
  type Axis,
  fitView,
  focusView,
  followView,
  isSameView,
  nsFromPx,
  panBy,
  revealView,
  zoomAt,
} from '../model/viewport';
import type { TimelineActions } from './input';
import type { Motion } from './motion';
import {
  laneAt,
  laneBox,
  RULER_PX,
  type TimelineEvents,
  type TimelineQueries,
  type TimelineState,
} from './timeline-state';

/** A slice narrower than a pixel is hit by a pointer so near. */
const HIT_PX = 3;
const FOLLOWED_NS_MAX = 5e9;

export class TimelineCommands implements TimelineActions {
  private hoverCount = 0;

  constructor(
    private readonly state: TimelineState,
    private readonly queries: TimelineQueries,
    private readonly events: TimelineEvents,
    private readonly motion: Motion,
    /** Draws again; the view has moved when it says so. */
    private readonly changed: (hasMoved: boolean) => void,
  ) {}

  private get axis(): Axis {
    return { extent: this.state.extent, widthPx: this.state.widthPx };
  }

  private nsAt(xPx: number): number {
    return nsFromPx(this.state.view, this.state.widthPx, xPx);
  }

  /** Shows a view that a person has chosen. */
  goTo(view: View, isFollowing = false): void {
    if (isSameView(view, this.state.view) && isFollowing === this.state.isFollowing) return;
    this.state.view = view;
    this.state.isFollowing = isFollowing;
    this.state.isZoomChosen ||= !isFollowing;
    this.changed(true);
    this.events.onViewChange?.(view, isFollowing);
    this.hoverAgain();
  }

  /** While following, the newest rows stay where they are. */
  zoomAt(xPx: number, factor: number): void {
    const { view, isFollowing, extent } = this.state;
    this.state.isZoomChosen = true;
    this.goTo(zoomAt(view, isFollowing ? extent.toNs : this.nsAt(xPx), factor, this.axis), isFollowing);
  }

  panByPx(deltaPx: number): void {
    const { view, widthPx } = this.state;
    this.goTo(panBy(view, (deltaPx / widthPx) * (view.toNs - view.fromNs), this.axis));
  }

  scrollBy(deltaPx: number): void {
    this.scrollTo(this.state.scrollTopPx + deltaPx);
  }

  scrollTo(topPx: number): void {
    const { layout, heightPx } = this.state;
    const kept = Math.max(0, Math.min(topPx, layout.heightPx - heightPx));
    if (kept === this.state.scrollTopPx) return;
    this.state.scrollTopPx = kept;
    this.changed(true);
    this.events.onScroll?.(kept);
    this.hoverAgain();
  }

  selectBetween(fromPx: number, toPx: number): void {
    const [left, right] = fromPx < toPx ? [fromPx, toPx] : [toPx, fromPx];
    this.setSelection({ fromNs: this.nsAt(Math.max(0, left)), toNs: this.nsAt(Math.min(this.state.widthPx, right)) });
  }

  click(xPx: number, yPx: number): void {
    this.run(this.hitAt(xPx, yPx).then((hit) => this.select(hit?.kind === 'slice' ? hit.row : undefined)));
  }

  doubleClick(xPx: number, yPx: number): void {
    this.run(
      this.hitAt(xPx, yPx).then((hit) => {
        if (hit?.kind !== 'slice') return;
        this.select(hit.row);
        this.focus(hit.row);
      }),
    );
  }

  hover(xPx: number, yPx: number): void {
    this.hoverCount += 1;
    const { hoverCount } = this;
    this.state.hover = { xPx, yPx, hit: this.state.hover?.hit };
    this.changed(false);
    this.run(
      this.hitAt(xPx, yPx).then((hit) => {
        // The pointer has gone on since; a later answer is on its way.
        if (hoverCount !== this.hoverCount) return;
        this.state.hover = { xPx, yPx, hit };
        this.changed(false);
        this.events.onHover?.(hit);
      }),
    );
  }

  /** Something else lies under a pointer that rests. */
  private hoverAgain(): void {
    const { hover } = this.state;
    if (!hover) return;
    this.state.hover = { ...hover, hit: undefined };
    this.hover(hover.xPx, hover.yPx);
  }

  leave(): void {
    this.hoverCount += 1;
    this.state.hover = undefined;
    this.changed(false);
    this.events.onHover?.(undefined);
  }

  move(): void {
    this.changed(true);
  }

  /** One step of W, A, S and D. */
  step(elapsedMs: number): void {
    const { zoomFactor, panRatio } = this.motion.step(elapsedMs);
    const { hover, widthPx } = this.state;
    if (zoomFactor !== 1) this.zoomAt(hover?.xPx ?? widthPx / 2, zoomFactor);
    if (panRatio !== 0) this.panByPx(panRatio * widthPx);
  }

  key(event: KeyboardEvent): boolean {
    switch (event.key) {
      case ',':
        this.toNeighbour(-1);
        return true;
      case '.':
        this.toNeighbour(1);
        return true;
      case '[':
        this.toLink(-1);
        return true;
      case ']':
        this.toLink(1);
        return true;
      case 'Escape':
        return this.clear();
      case ' ':
        // A button that has the focus is pressed by Space.
        if (event.target instanceof HTMLButtonElement) return false;
        this.setFollowing(!this.state.isFollowing);
        return true;
    }
    return this.letterKey(event);
  }

  private letterKey({ code, shiftKey }: KeyboardEvent): boolean {
    const { selected } = this.state;
    switch (code) {
      case 'KeyF':
        if (selected) this.focus(selected);
        else this.fit();
        return true;
      case 'Digit0':
      case 'Numpad0':
        this.fit();
        return true;
      case 'KeyR':
        if (selected) this.setSelection(rangeOf(selected));
        return true;
      case 'KeyM':
        this.events.onMarkRequest?.(this.markRange(), shiftKey);
        return true;
      default:
        return false;
    }
  }

  select(row: SliceRow | undefined): void {
    this.setSelected(row);
    this.events.onSelect?.(row);
  }

  /** The same without telling the shell, which has chosen it. */
  setSelected(row: SliceRow | undefined): void {
    this.state.selected = row;
    this.state.links = [];
    this.changed(false);
    if (!row || row.correlation === 0) return;
    this.run(
      this.queries.link(row).then((links) => {
        if (this.state.selected !== row) return;
        this.state.links = links;
        this.changed(false);
      }),
    );
  }

  setFollowing(isFollowing: boolean): void {
    if (isFollowing) this.follow();
    else this.goTo(this.state.view);
  }

  /** Brings the newest rows into view. Until somebody chooses a zoom, the view grows with the session's first seconds. */
  follow(): void {
    const { view, extent, isZoomChosen } = this.state;
    const lengthNs = Math.min(FOLLOWED_NS_MAX, (extent.toNs - extent.fromNs) * 1.04);
    const zoomed = isZoomChosen ? view : { fromNs: extent.fromNs, toNs: extent.fromNs + Math.max(1, lengthNs) };
    this.goTo(followView(zoomed, extent.toNs, this.axis), true);
  }

  fit(): void {
    this.goTo(fitView(this.axis));
  }

  /** Zooms to a slice; when it is shown so already, to everything. */
  focus(row: SliceRow): void {
    const focused = focusView(this.state.view, rangeOf(row), this.axis);
    this.goTo(isSameView(focused, this.state.view) ? fitView(this.axis) : focused);
    this.reveal(row);
  }

  /** Moves the view and scrolls so that a row is seen; the zoom stays. */
  reveal(row: SliceRow): void {
    const revealed = revealView(this.state.view, rangeOf(row), this.axis);
    if (!isSameView(revealed, this.state.view)) this.goTo(revealed);
    const box = laneBox(this.state, row);
    if (!box) return;
    const topPx = box.topPx - RULER_PX;
    const isSeen = topPx >= 0 && topPx + box.heightPx <= this.state.heightPx;
    if (!isSeen) this.scrollTo(this.state.scrollTopPx + topPx - this.state.heightPx / 3);
  }

  private clear(): boolean {
    const { selection, selected } = this.state;
    if (!selection && !selected) return false;
    if (selection) this.setSelection(undefined);
    if (selected) this.select(undefined);
    return true;
  }

  private setSelection(selection: View | undefined): void {
    this.state.selection = selection;
    this.changed(false);
    this.events.onSelectionChange?.(selection);
  }

  private markRange(): View {
    const { selection, hover, selected, view } = this.state;
    if (selection) return selection;
    if (hover) return { fromNs: this.nsAt(hover.xPx), toNs: this.nsAt(hover.xPx) };
    const atNs = selected?.startNs ?? (view.fromNs + view.toNs) / 2;
    return { fromNs: atNs, toNs: atNs };
  }

  private toNeighbour(step: -1 | 1): void {
    const { selected } = this.state;
    if (!selected) return;
    this.run(this.queries.neighbour({ row: selected, step }).then((row) => this.goToRow(row)));
  }

  private toLink(step: -1 | 1): void {
    const { links } = this.state;
    this.goToRow(step === 1 ? links[0] : links[links.length - 1]);
  }

  private goToRow(row: SliceRow | undefined): void {
    if (!row) return;
    this.select(row);
    this.reveal(row);
  }

  private async hitAt(xPx: number, yPx: number) {
    const point = laneAt(this.state, yPx);
    if (!point) return undefined;
    const { view, widthPx } = this.state;
    const toleranceNs = (HIT_PX * (view.toNs - view.fromNs)) / widthPx;
    return this.queries.hit({ ...point, ns: this.nsAt(xPx), toleranceNs });
  }

  private run(work: Promise<unknown>): void {
    work.catch((error: unknown) => this.events.onError?.(error));
  }
}

function rangeOf({ startNs, durationNs }: SliceRow): View {
  return { fromNs: startNs, toNs: startNs + Math.max(0, durationNs) };
}
