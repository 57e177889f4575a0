import { useActions, useApp } from './context';
import { removeNotice } from './state/app-store';
import { Button } from './widgets/button';

/** What a person should read, until it is put away. Plain notes go by themselves. */
export function Notices() {
  const { store } = useActions();
  const notices = useApp((state) => state.notices);
  return (
    <div className="app-notices" aria-live="polite">
      {notices.map(({ id, severity, sentence, remedy }) => (
        <div
          key={id}
          className="notice"
          data-severity={severity}
          data-testid="notice"
          role={severity === 'note' ? 'status' : 'alert'}
        >
          <p>
            {sentence} {remedy && <span className="muted">{remedy}</span>}
          </p>
          <Button kind="plain" aria-label="Put away" onClick={() => removeNotice(store, id)}>
            ×
          </Button>
        </div>
      ))}
    </div>
  );
}
