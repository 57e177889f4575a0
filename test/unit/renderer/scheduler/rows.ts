// Rows of the scheduler that a reader can check by eye. Times are written in ms and become ns.

import type { RowOf } from '../../../../shared/model/column';
import { enums } from '../../../../shared/model/enums';
import type { Tables } from '../../../../shared/wire/tables';

export const MS = 1e6;
const { completed } = enums.requestOutcome;

type Given<N extends keyof Tables> = Partial<RowOf<Tables[N]>>;

/** [arrival, dispatch, completion, deadline], all in ms; -1 where that moment did not come. */
export function requestRow(
  request: number,
  [arrival, dispatch, completion, deadline]: readonly [number, number, number, number],
  given: Given<'request'> = {},
): Given<'request'> {
  const ns = (ms: number) => (ms < 0 ? -1 : ms * MS);
  return {
    ...{ request, model: 'detect', version: '1', priority: 1, batch: 0, outcome: completed },
    ...{ arrivalNs: ns(arrival), dispatchNs: ns(dispatch), completionNs: ns(completion), deadlineNs: ns(deadline) },
    ...given,
  };
}

/** A batch of `model` on a stream from `from` to `to` in ms. */
export function batchRow(
  batch: number,
  model: string,
  stream: number,
  [from, to]: readonly [number, number],
  given: Given<'batch'> = {},
): Given<'batch'> {
  const times = { startNs: from * MS, durationNs: (to - from) * MS, predictedNs: 5 * MS };
  return { batch, model, stream, ...times, requestCount: 1, isOk: 1, version: '1', engine: `${model}.cpu`, ...given };
}

export const queueRow = (timeMs: number, model: string, priority: number, depth: number): Given<'queue'> => {
  return { timeNs: timeMs * MS, model, priority, depth, version: '1' };
};
