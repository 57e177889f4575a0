// What a person chose in the scheduler's panel of one session. Rows are asked of the host; what is derived from them is never stored here.

import { createStore, type StoreApi } from 'zustand/vanilla';
import { type Draft, FIRST_DRAFT } from '../model/scheduler/draft';
import type { LatencyMeasure } from '../model/scheduler/latency';
import type { RequestRef } from '../model/scheduler/misses';
import type { RangeChoice } from '../model/scheduler/range';

export const SCHEDULER_TABS = [
  { id: 'queues', title: 'Queues and latency' },
  { id: 'streams', title: 'Streams' },
  { id: 'misses', title: 'Deadline misses' },
  { id: 'pipelines', title: 'Pipelines' },
  { id: 'versions', title: 'Versions' },
  { id: 'engines', title: 'Engines' },
] as const;
export type SchedulerTab = (typeof SCHEDULER_TABS)[number]['id'];

export const ENGINE_VIEWS = [
  { id: 'layers', title: 'Layers', hint: 'What each layer costs, engines side by side' },
  { id: 'graph', title: 'Graph', hint: 'How the layers hang together' },
  { id: 'builds', title: 'Build log', hint: 'How the engines came to be' },
] as const;
export type EngineViewId = (typeof ENGINE_VIEWS)[number]['id'];

export interface SchedulerChoices {
  readonly draft: Draft;
  /** Asked for and not yet answered. */
  readonly isStarting: boolean;
  readonly tab: SchedulerTab;
  readonly range: RangeChoice;
  readonly measure: LatencyMeasure;
  /** The request whose life is shown. */
  readonly picked: RequestRef | undefined;
  /** Of the engines' page; the first model when undefined. */
  readonly model: string | undefined;
  readonly engineView: EngineViewId;
}

export type SchedulerStore = StoreApi<SchedulerChoices>;

/** A recording is shown whole at first, a live session by its newest rows. */
export function createSchedulerStore({ isLive }: { readonly isLive: boolean }): SchedulerStore {
  return createStore<SchedulerChoices>()(() => ({
    draft: FIRST_DRAFT,
    isStarting: false,
    tab: 'queues',
    range: isLive ? 'last30' : 'all',
    measure: 'p99',
    picked: undefined,
    model: undefined,
    engineView: 'layers',
  }));
}
