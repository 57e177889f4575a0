// Questions that wait for a person, one at a time, in the order in which they were asked.

import type { WindowQuestionName, WindowQuestionParams, WindowQuestionResult } from '../../../shared/window/methods';

export type Question = {
  [N in WindowQuestionName]: {
    /** Counts up: no two questions share a form. */
    readonly id: number;
    readonly name: N;
    readonly params: WindowQuestionParams<N>;
    readonly answer: (result: WindowQuestionResult<N>) => void;
  };
}[WindowQuestionName];

let lastId = 0;

/** A question whose answer resolves the promise; `add` and `remove` keep the list. */
export function askPerson<N extends WindowQuestionName>(
  name: N,
  params: WindowQuestionParams<N>,
  add: (question: Question) => void,
  remove: (question: Question) => void,
): Promise<WindowQuestionResult<N>> {
  return new Promise((resolve) => {
    lastId += 1;
    const question = {
      id: lastId,
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
