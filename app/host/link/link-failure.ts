import { FailureError, failure } from '../../../shared/util/failure';

/** The connection went; what was asked meanwhile may have been done or not. */
export function lostFailure(label: string): FailureError {
  return failure(
    'linkLost',
    `The connection to ${label} was lost.`,
    'Check the network and the probe, then try again.',
  );
}

export function cancelledFailure(): FailureError {
  return failure('cancelled', 'Cancelled.', '');
}

/** Any thrown value as a failure: what is none is a fault of whoever consumes the packets. */
export function failureFrom(error: unknown): FailureError {
  if (error instanceof FailureError) return error;
  return failure('consumerFailed', error instanceof Error ? error.message : String(error), '');
}
