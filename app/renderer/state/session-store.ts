// What a person has chosen in one session's window. Rows live in the worker, and what is derived from them is never stored here.

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { SliceTable } from '../model/timeline/names';

/** SessionNs, [fromNs, toNs). */
export interface TimeRange {
  readonly fromNs: number;
  readonly toNs: number;
}

/** One row of an event table, as the worker and the store of the host name it. */
export interface RowRef {
  readonly table: SliceTable;
  readonly source: number;
  readonly startNs: number;
  readonly durationNs: number;
  /** 0 when it has none. */
  readonly correlation: number;
  /** Readable. */
  readonly name: string;
}

/** A call and what it started. */
export type Call = Pick<RowRef, 'source' | 'correlation'>;

export interface SessionChoices {
  /** What the timeline shows; undefined until there are rows. */
  readonly view: TimeRange | undefined;
  /** The view moves with the newest rows. */
  readonly isFollowing: boolean;
  /** Feeds every table; undefined is the whole session. */
  readonly selection: TimeRange | undefined;
  readonly selected: RowRef | undefined;
  /** Calls whose work is outlined on the timeline, such as those of one batch. */
  readonly highlighted: readonly Call[];
  /** Slices whose name does not contain it are drawn pale; '' is none. */
  readonly nameFilter: string;
  readonly pinnedTracks: readonly string[];
  readonly collapsedTracks: readonly string[];
  /** The moment that the memory map shows; undefined is the newest. */
  readonly memoryAtNs: number | undefined;
  /** Counts up when the worker has more rows: what is derived from them is made anew. */
  readonly revision: number;
}

export type SessionStore = StoreApi<SessionChoices>;

const NO_CHOICES: SessionChoices = {
  view: undefined,
  isFollowing: true,
  selection: undefined,
  selected: undefined,
  highlighted: [],
  nameFilter: '',
  pinnedTracks: [],
  collapsedTracks: [],
  memoryAtNs: undefined,
  revision: 0,
};

/** One store a session, so that several can be open. A live one follows its newest rows at first. */
export function createSessionStore({ isLive = true }: { readonly isLive?: boolean } = {}): SessionStore {
  return createStore<SessionChoices>()(() => ({ ...NO_CHOICES, isFollowing: isLive }));
}
