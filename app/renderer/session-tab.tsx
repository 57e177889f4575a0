import { useStore } from 'zustand';
import { useActions } from './context';
import type { OpenSession } from './state/open-session';

/** The tab of one session; a dot says that it is not saved. */
export function SessionTab({ session, isActive }: { readonly session: OpenSession; readonly isActive: boolean }) {
  const actions = useActions();
  const { title, isSaved } = useStore(session.facts, ({ description }) => description);
  return (
    <span className="session-tab" data-active={isActive} data-testid="session-tab">
      <button type="button" aria-current={isActive} onClick={() => actions.activate(session.key)}>
        {title}
        {!isSaved && <span title="Not saved"> •</span>}
      </button>
      <button type="button" aria-label={`Close ${title}`} title="Close" onClick={() => void actions.close(session)}>
        ×
      </button>
    </span>
  );
}
