// What lies over the window: questions of a login, work under way, connecting, the palette, the keys.

import { useApp } from './context';
import { QuestionSheet } from './panels/questions/question-sheet';
import { WorkSheet } from './panels/questions/work-sheet';
import { ConnectSheet } from './panels/start/connect-sheet';

export function Overlays() {
  const overlay = useApp((state) => state.overlay);
  const question = useApp((state) => state.questions.at(0));
  const work = useApp((state) => state.work);
  return (
    <>
      {overlay === 'connect' && <ConnectSheet />}
      {work && <WorkSheet work={work} />}
      {question && <QuestionSheet question={question} />}
    </>
  );
}
