// Joins one session's stores, its worker and the drawing: what a person does there goes into the stores, and what changes in the stores
// is shown. Owns the view and the strip.

import { createStore } from 'zustand/vanilla';
import { FailureError, failure } from '../../../../shared/util/failure';
import { type Layout, layoutTracks } from '../../model/timeline/layout';
import type { SliceRow } from '../../model/timeline/rows';
import type { TrackSummary } from '../../model/timeline/tracks';
import { fitView, isSameView } from '../../model/viewport';
import type { AppStore } from '../../state/app-store';
import { latestOnly } from '../../state/latest-only';
import type { OpenSession } from '../../state/open-session';
import type { Call, RowRef, TimeRange } from '../../state/session-store';
import { OverviewStrip } from '../../timeline/overview-strip';
import type { TimelineQueries } from '../../timeline/timeline-state';
import { TimelineView } from '../../timeline/timeline-view';

export interface TimelineShown {
  readonly tracks: readonly TrackSummary[];
  readonly layout: Layout;
  readonly scrollTopPx: number;
  /** Of counters, at the end of the view. */
  readonly counterValues: ReadonlyMap<string, { readonly value: number; readonly unit: string }>;
  /** Rows whose name does not contain it are left out. */
  readonly trackFilter: string;
  /** What a search said last. */
  readonly searchWords: string;
}

/** The list of tracks is asked for at most so often while rows come. */
const TRACKS_MS = 400;
/** Newer rows are drawn at most so often: as a person sees motion, and half of what software rendering would use up. */
const EXTENT_MS = 33;

/** Seen by User Timing: the moment up to which rows were drawn, when the tick that drew them was over. */
export const DRAWN_MARK = 'timeline-drawn';

function rowRefOf({ table, source, startNs, durationNs, correlation, name }: SliceRow): RowRef {
  return { table, source, startNs, durationNs, correlation, name };
}

export class TimelineBinding {
  readonly shown = createStore<TimelineShown>()(() => ({
    tracks: [],
    layout: { rows: [], places: [], heightPx: 0 },
    scrollTopPx: 0,
    counterValues: new Map(),
    trackFilter: '',
    searchWords: '',
  }));
  private readonly view: TimelineView;
  private readonly strip: OverviewStrip;
  private readonly tracksSoon = latestOnly(TRACKS_MS);
  private readonly extentSoon = latestOnly(EXTENT_MS);
  private readonly removers: (() => void)[];
  private readonly sizes: ResizeObserver;
  /** The row in the stores as the worker knows it. */
  private selected: { readonly ref: RowRef; readonly row: SliceRow } | undefined;
  private lastMarkId = 0;
  /** The view that showed the whole file last. */
  private fitted: TimeRange | undefined;

  constructor(
    private readonly session: OpenSession,
    private readonly app: AppStore,
    private readonly surface: HTMLElement,
    overview: HTMLElement,
    private readonly onError: (error: unknown) => void,
  ) {
    const { choices, annotations } = session;
    this.view = new TimelineView(surface, this.queries(), {
      onViewChange: (view, isFollowing) => {
        choices.setState({ view, isFollowing });
        this.strip.setView(view);
      },
      onSelect: (row) => this.onSelect(row),
      onSelectionChange: (selection) => choices.setState({ selection }),
      onMarkRequest: (range) => this.addMark(range),
      onScroll: (scrollTopPx) => this.shown.setState({ scrollTopPx }),
      onError: (error) => this.tell(error),
    });
    this.strip = new OverviewStrip(
      overview,
      { overview: (params) => session.worker.request('timeline/overview', params) },
      {
        onViewChange: (view) => choices.setState({ view, isFollowing: false }),
        onError: (error) => this.tell(error),
      },
    );
    this.sizes = new ResizeObserver(() => {
      this.view.resize();
      this.strip.resize();
    });
    this.sizes.observe(surface);
    this.sizes.observe(overview);
    this.removers = [
      choices.subscribe((next, before) => this.follow(next, before)),
      annotations.subscribe(({ marks }) => this.view.setMarks(marks)),
      app.subscribe((next, before) => {
        if (next.theme !== before.theme || next.palette !== before.palette) this.setTheme();
      }),
    ];
    this.begin();
  }

  dispose(): void {
    for (const remove of this.removers) remove();
    this.sizes.disconnect();
    this.view.dispose();
    this.strip.dispose();
  }

  togglePin(trackId: string): void {
    this.session.choices.setState(({ pinnedTracks: pinned }) => ({
      pinnedTracks: pinned.includes(trackId) ? pinned.filter((id) => id !== trackId) : [...pinned, trackId],
    }));
  }

  toggleCollapse(trackId: string): void {
    this.session.choices.setState(({ collapsedTracks: collapsed }) => ({
      collapsedTracks: collapsed.includes(trackId) ? collapsed.filter((id) => id !== trackId) : [...collapsed, trackId],
    }));
  }

  movePinned(trackId: string, step: -1 | 1): void {
    this.session.choices.setState(({ pinnedTracks }) => {
      const order = [...pinnedTracks];
      const from = order.indexOf(trackId);
      const to = from + step;
      if (from < 0 || to < 0 || to >= order.length) return {};
      [order[from], order[to]] = [order[to], order[from]];
      return { pinnedTracks: order };
    });
  }

  setTrackFilter(trackFilter: string): void {
    this.shown.setState({ trackFilter });
    this.layOut();
  }

  setFollowing(isFollowing: boolean): void {
    this.view.setFollowing(isFollowing);
    this.session.choices.setState({ isFollowing });
  }

  /** Goes to the next or previous slice whose name matches. */
  async search(query: string, direction: 'next' | 'previous'): Promise<void> {
    const { view } = this.session.choices.getState();
    const from = this.selected?.row;
    const fromNs = from?.startNs ?? view?.fromNs ?? 0;
    const answer = await this.session.worker.request('timeline/search', { query, direction, fromNs, after: from });
    if (answer.kind === 'error') this.shown.setState({ searchWords: answer.sentence });
    else if (answer.kind === 'none')
      this.shown.setState({ searchWords: query === '' ? '' : 'No slice has this name.' });
    else {
      const matches = `${answer.matchCount.toLocaleString('en-US')} match${answer.matchCount === 1 ? '' : 'es'}`;
      this.shown.setState({ searchWords: answer.isWrapped ? `${matches}, from the other end` : matches });
      this.onSelect(answer.row);
      this.view.setSelected(answer.row);
      this.view.reveal(answer.row);
    }
  }

  private begin(): void {
    const { choices, annotations } = this.session;
    const { view, isFollowing, selection, nameFilter, highlighted } = choices.getState();
    this.setTheme();
    this.view.setMarks(annotations.getState().marks);
    this.view.setSelection(selection);
    this.view.setNameFilter(nameFilter);
    this.showHighlighted(highlighted);
    if (!isFollowing) this.view.setFollowing(false);
    if (view) this.view.setView(view, isFollowing);
    this.onRows();
  }

  private queries(): TimelineQueries {
    const { worker } = this.session;
    return {
      draw: async (params) => {
        const answer = await worker.request('timeline/draw', params);
        const values = answer.counters.flatMap(({ trackId, last, unit }) =>
          last === undefined ? [] : [[trackId, { value: last, unit }] as const],
        );
        if (values.length > 0) this.shown.setState({ counterValues: new Map(values) });
        const detail = answer.newestNs;
        requestAnimationFrame(() => performance.mark(DRAWN_MARK, { detail }));
        return answer;
      },
      hit: (params) => worker.request('timeline/hit', params),
      neighbour: (params) => worker.request('timeline/neighbour', params),
      link: (params) => worker.request('timeline/link', params),
    };
  }

  private follow(next: ReturnType<OpenSession['choices']['getState']>, before: typeof next): void {
    if (next.revision !== before.revision) this.onRows();
    if (next.view && next.view !== before.view) {
      this.view.setView(next.view, next.isFollowing);
      this.strip.setView(next.view);
    }
    if (next.selection !== before.selection) this.view.setSelection(next.selection);
    if (next.nameFilter !== before.nameFilter) this.view.setNameFilter(next.nameFilter);
    if (next.pinnedTracks !== before.pinnedTracks || next.collapsedTracks !== before.collapsedTracks) this.layOut();
    if (next.selected !== before.selected) this.showSelected(next.selected);
    if (next.highlighted !== before.highlighted) this.showHighlighted(next.highlighted);
  }

  // Somebody else may have chosen a row, such as the details panel: the worker knows where it lies.
  private showSelected(ref: RowRef | undefined): void {
    if (ref === this.selected?.ref) return;
    this.selected = undefined;
    if (!ref) {
      this.view.setSelected(undefined);
      return;
    }
    this.session.worker.request('timeline/locate', ref).then((row) => {
      if (!row || this.session.choices.getState().selected !== ref) return;
      this.selected = { ref, row };
      this.view.setSelected(row);
    }, this.onError);
  }

  private showHighlighted(calls: readonly Call[]): void {
    if (calls.length === 0) {
      this.view.setHighlighted([]);
      return;
    }
    this.session.worker.request('timeline/work', { calls }).then((rows) => {
      if (this.session.choices.getState().highlighted === calls) this.view.setHighlighted(rows);
    }, this.onError);
  }

  private onSelect(row: SliceRow | undefined): void {
    const ref = row && rowRefOf(row);
    this.selected = row && ref ? { ref, row } : undefined;
    this.session.choices.setState({ selected: ref });
  }

  private addMark({ fromNs, toNs }: TimeRange): void {
    const { annotations } = this.session;
    const { marks } = annotations.getState();
    this.lastMarkId = Math.max(this.lastMarkId, ...marks.map(({ id }) => id)) + 1;
    annotations.setState({ marks: [...marks, { id: this.lastMarkId, fromNs, toNs, text: '' }] });
  }

  // The drawing follows the rows at once; which tracks there are changes seldom.
  private onRows(): void {
    this.extentSoon(async () => {
      const extent = await this.session.worker.request('timeline/extent', {});
      if (extent) {
        this.view.setExtent(extent);
        this.strip.setExtent(extent);
        this.fitWhileLoading(extent);
      }
      this.view.refresh();
    });
    this.tracksSoon(async () => {
      const { tracks } = await this.session.worker.request('timeline/tracks', {});
      this.shown.setState({ tracks });
      this.layOut();
    });
  }

  // A file is shown whole while its rows come, until a person looks at a part of it.
  private fitWhileLoading(extent: TimeRange): void {
    const { facts, choices } = this.session;
    const { view } = choices.getState();
    const isUntouched = !view || !this.fitted || isSameView(view, this.fitted);
    if (facts.getState().description.kind !== 'file' || !isUntouched) return;
    this.fitted = fitView({ extent, widthPx: this.surface.clientWidth });
    choices.setState({ view: this.fitted });
  }

  private layOut(): void {
    const { tracks, trackFilter } = this.shown.getState();
    const { pinnedTracks: pinned, collapsedTracks: collapsed } = this.session.choices.getState();
    const wanted = trackFilter.trim().toLowerCase();
    const kept = tracks.filter(({ label, process, device = '' }) =>
      `${process} ${device} ${label}`.toLowerCase().includes(wanted),
    );
    const layout = layoutTracks(kept, { pinned, collapsed });
    this.shown.setState({ layout });
    this.view.setTracks(layout);
  }

  private setTheme(): void {
    const { theme, palette } = this.app.getState();
    this.view.setTheme(theme, palette);
    this.strip.setTheme(theme);
  }

  private tell(error: unknown): void {
    if (error instanceof FailureError) this.onError(error);
    else
      this.onError(
        failure('timeline', `The timeline could not be drawn: ${String((error as Error)?.message ?? error)}.`, ''),
      );
  }
}
