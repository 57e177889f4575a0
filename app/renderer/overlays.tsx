// What lies over the window: questions of a login, work under way, connecting, the palette, the keys.

import { COMMANDS } from './commands/commands';
import { TIMELINE_KEYS } from './commands/timeline-keys';
import { useActions, useApp } from './context';
import { QuestionSheet } from './panels/questions/question-sheet';
import { WorkSheet } from './panels/questions/work-sheet';
import { ConnectSheet } from './panels/start/connect-sheet';
import { CommandPalette } from './widgets/command-palette';
import { KeysHelp } from './widgets/keys-help';

const byKeys = COMMANDS.filter(({ keys }) => keys !== undefined);

export function Overlays() {
  const actions = useActions();
  const close = () => actions.store.setState({ overlay: undefined });
  const able = () => COMMANDS.filter(({ isEnabled }) => isEnabled?.(actions) ?? true);
  const overlay = useApp((state) => state.overlay);
  const question = useApp((state) => state.questions.at(0));
  const work = useApp((state) => state.work);
  return (
    <>
      {overlay === 'connect' && <ConnectSheet />}
      {overlay === 'palette' && (
        <CommandPalette
          commands={able().map(({ id, title, keys, run }) => ({ id, title, keys, run: () => run(actions) }))}
          onClose={close}
        />
      )}
      {overlay === 'keys' && <KeysHelp commands={[...byKeys, ...TIMELINE_KEYS]} onClose={close} />}
      {work && <WorkSheet work={work} />}
      {question && <QuestionSheet key={question.id} question={question} />}
    </>
  );
}
