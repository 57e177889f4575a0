/**
 * What a user reads when something did not work: one sentence and what to do about it. `code` is stable and for programs;
 * `sentence` names the facts; `remedy` is an instruction.
 */
export interface Failure {
  readonly code: string;
  readonly sentence: string;
  readonly remedy: string;
}

/** The one way a Failure crosses a promise: thrown by host and probe, printed by the command line and the window. */
export class FailureError extends Error {
  constructor(readonly failure: Failure) {
    super(`${failure.sentence} ${failure.remedy}`.trim());
    this.name = 'FailureError';
  }
}

/** Makes a FailureError from code, sentence and remedy. */
export function failure(code: string, sentence: string, remedy: string): FailureError {
  return new FailureError({ code, sentence, remedy });
}
