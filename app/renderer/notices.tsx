import { useActions, useApp } from './context';
import { removeNotice } from './state/app-store';
import { Notice } from './widgets/notice';

/** What a person should read, until it is put away. */
export function Notices() {
  const { store } = useActions();
  const notices = useApp((state) => state.notices);
  return (
    <div className="app-notices">
      {notices.map(({ id, ...notice }) => (
        <Notice key={id} {...notice} action={{ title: 'Dismiss', run: () => removeNotice(store, id) }} />
      ))}
    </div>
  );
}
