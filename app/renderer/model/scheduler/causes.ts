// Why a request was late or had no result, in words. The kinds are those of the tables request and decision.

import { formatNs } from '../../../../shared/units/format';

/** What the scheduler said of a late request; durations in ns, -1 or NaN when unknown. */
export interface LateFacts {
  /**
   * queued-behind, batch-wait, slow-kernel, slow-host, allocation-in-hot-path, throttled, engine-restart, answer-order, deadline-too-short
   */
  readonly cause: string;
  readonly queuedNs: number;
  readonly batchWaitNs: number;
  readonly serviceNs: number;
  /** Of its batch, by the cost model. */
  readonly predictedNs: number;
  /** The batch that held the stream before; 0 is none. */
  readonly behindBatch: number;
  readonly behindModel: string;
}

const REASONS: Readonly<Record<string, string>> = {
  'queue-full': 'Rejected: the queue of its priority was full.',
  timeout: 'Rejected: it waited longer than its priority allows.',
  admission: 'Rejected: it could not have met its deadline.',
  'no-version': 'Rejected: no version of the model was serving.',
  'engine-error': 'Failed: the engine gave an error.',
  'engine-hung': 'Failed: the engine hung and was ended.',
  'engine-lost': 'Failed: the engine could not be restarted.',
  closed: 'Failed: the scheduler was closed.',
};

/** The sentence for a request that has no result of its own. */
export const reasonWords = (reason: string) => REASONS[reason] ?? `It has no result: ${reason}.`;

function expectation({ serviceNs, predictedNs }: LateFacts): string {
  return predictedNs > 0
    ? `The engine took ${formatNs(serviceNs)}, ${formatNs(predictedNs)} was expected`
    : `The engine took ${formatNs(serviceNs)}`;
}

/** The sentence for a request that was answered late. */
export function lateWords(late: LateFacts): string {
  const { cause, queuedNs, batchWaitNs, serviceNs, behindBatch, behindModel } = late;
  switch (cause) {
    case 'queued-behind':
      return behindBatch > 0
        ? `Queued ${formatNs(queuedNs)}, last behind ${behindModel} (batch ${behindBatch}).`
        : `Queued ${formatNs(queuedNs)} behind other requests.`;
    case 'batch-wait':
      return `Waited ${formatNs(batchWaitNs)} for its batch to fill while a stream was free.`;
    case 'slow-kernel':
      return `${expectation(late)}: slow kernels.`;
    case 'slow-host':
      return `${expectation(late)}: its kernels took as long as always, the time passed around them.`;
    case 'allocation-in-hot-path':
      return `${expectation(late)}: memory was allocated while it ran.`;
    case 'throttled':
      return `${expectation(late)}: the board throttled.`;
    case 'answer-order':
      return 'Its answer was there and waited for those of earlier requests.';
    case 'engine-restart':
      return `Queued ${formatNs(queuedNs)} while its engine was restarted.`;
    case 'deadline-too-short':
      return `Its own work takes ${formatNs(serviceNs)}: no schedule could have met that deadline.`;
    default:
      return cause === '' ? 'The row that says why was lost.' : `${cause}.`;
  }
}
