// What a person chose in the laboratory of one session. Rows are asked of the host; what is derived from them is never stored here.

import { createStore, type StoreApi } from 'zustand/vanilla';
import { type Draft, FIRST_DRAFT } from '../model/laboratory/draft';
import type { MeasureId } from '../model/laboratory/measures';

export const RESULT_TABS = [
  { id: 'map', title: 'Map' },
  { id: 'curves', title: 'Curves' },
  { id: 'occupancy', title: 'Occupancy' },
  { id: 'roofline', title: 'Roofline' },
  { id: 'whatIf', title: 'What if' },
  { id: 'prediction', title: 'Prediction' },
  { id: 'points', title: 'Points' },
] as const;
export type ResultTab = (typeof RESULT_TABS)[number]['id'];

export interface LaboratoryChoices {
  readonly draft: Draft;
  /** The experiment that is shown; undefined is the newest. */
  readonly chosen: number | undefined;
  /** Asked for and not yet heard of. */
  readonly isStarting: boolean;
  /** undefined: the one that suits the kind of experiment. */
  readonly tab: ResultTab | undefined;
  /** undefined: the one that suits the kind of experiment. */
  readonly measure: MeasureId | undefined;
  /** Index of the point whose details are shown. */
  readonly pickedIndex: number | undefined;
  readonly baselineIds: readonly string[];
}

export type LaboratoryStore = StoreApi<LaboratoryChoices>;

export function createLaboratoryStore(): LaboratoryStore {
  return createStore<LaboratoryChoices>()(() => ({
    draft: FIRST_DRAFT,
    chosen: undefined,
    isStarting: false,
    tab: undefined,
    measure: undefined,
    pickedIndex: undefined,
    baselineIds: [],
  }));
}
