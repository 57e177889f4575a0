// A feature of the worker: it takes rows as they come and answers questions about them. It owns its columns.

import type { WindowPacket } from '../../../shared/window/columns';

/** An answer whose buffers are handed over instead of copied. */
export class Transferred<T> {
  constructor(
    readonly value: T,
    readonly buffers: readonly Transferable[],
  ) {}
}

/** Questions by name: what comes in and what goes out. */
export type FeatureMethods = Readonly<Record<string, (params: never) => unknown>>;

export interface WorkerFeature<M extends FeatureMethods> {
  /** Takes rows; called in the order in which they came. Columns stay valid as long as they are held. */
  append(packet: WindowPacket): void;
  readonly methods: M;
}

/** What a method answers, without the wrapper of handed-over buffers. */
export type AnswerOf<F> = F extends (...args: never[]) => infer R ? (R extends Transferred<infer T> ? T : R) : never;
export type ParamsOf<F> = F extends (params: infer P) => unknown ? P : never;
