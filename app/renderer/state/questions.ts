// Questions that wait for a person, one at a time, in the order in which they were asked.

import type { WindowQuestionName, WindowQuestionParams, WindowQuestionResult } from '../../../shared/window/methods';

export type Question = {
  [N in WindowQuestionName]: {
    readonly name: N;
    readonly params: WindowQuestionParams<N>;
    readonly answer: (result: WindowQuestionResult<N>) => void;
  };
}[WindowQuestionName];

/** A question whose answer resolves the promise; `add` and `remove` keep the list. */
export function askPerson<N extends WindowQuestionName>(
  name: N,
  params: WindowQuestionParams<N>,
  add: (question: Question) => void,
  remove: (question: Question) => void,
): Promise<WindowQuestionResult<N>> {
  return new Promise((resolve) => {
    const question = {
      name,
      params,
      answer: (result: WindowQuestionResult<N>) => {
        remove(question);
        resolve(result);
      },
    } as unknown as Question;
    add(question);
  });
}
