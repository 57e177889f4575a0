// What goes between a session and its store, which works in a thread of its own: appending and querying never stall the link.

import type { Failure } from '../../../shared/util/failure';
import type { ExportFormat } from '../../../shared/window/methods';
import type { ReportRange } from '../analysis/reports';
import type { HkaSummary } from './hka-summary';
import type { ResultTable } from './store';

/** Questions by name: what they take and what they give. */
export interface StoreQuestions {
  /** Reads a whole session file into the store. */
  load: { params: { readonly path: string }; answer: HkaSummary };
  report: { params: { readonly name: string; readonly range: ReportRange }; answer: ResultTable };
  query: { params: { readonly sql: string }; answer: ResultTable };
  export: {
    params: { readonly format: ExportFormat; readonly path: string; readonly overwrite: boolean };
    answer: undefined;
  };
  close: { params: undefined; answer: undefined };
}

export type StoreQuestionName = keyof StoreQuestions;

export type ToStore =
  /** One packet, as it came. */
  | { readonly kind: 'append'; readonly bytes: Uint8Array }
  | {
      readonly kind: 'ask';
      readonly id: number;
      readonly name: StoreQuestionName;
      readonly params: StoreQuestions[StoreQuestionName]['params'];
    }
  | { readonly kind: 'cancel'; readonly id: number };

export type FromStore =
  | { readonly kind: 'appended'; readonly byteCount: number }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: unknown }
  /** `failure` for people, or the message of a bug. */
  | { readonly kind: 'failed'; readonly id: number; readonly failure?: Failure; readonly message: string }
  | { readonly kind: 'progress'; readonly id: number; readonly doneRatio: number };

export interface StoreThreadData {
  readonly threads: number | undefined;
}
