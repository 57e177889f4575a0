// Notes about a session and its marks. state/annotation-sync.ts keeps them in the sidecar, whether this panel is open or not.

import { useStore } from 'zustand';
import { formatNs } from '../../../../shared/units/format';
import { useSession } from '../../context';
import { Button } from '../../widgets/button';

export function NotesPanel() {
  const { choices, annotations } = useSession();
  const value = useStore(annotations);
  return (
    <div className="panel" data-testid="notes-panel" style={{ display: 'flex', flexDirection: 'column' }}>
      <h3>Notes</h3>
      <textarea
        className="field"
        style={{ flex: 1, minHeight: 90, resize: 'none' }}
        aria-label="Notes about this session"
        placeholder="What was measured, and why"
        value={value.notes}
        onChange={(event) => annotations.setState({ notes: event.target.value })}
      />
      <h3>Marks</h3>
      {value.marks.length === 0 && <p className="muted">M on the timeline sets a mark.</p>}
      <ul style={{ listStyle: 'none', margin: 0, padding: 0 }}>
        {value.marks.map((mark) => (
          <li key={mark.id} style={{ display: 'flex', gap: 6, marginBottom: 4 }}>
            <Button
              onClick={() => {
                const halfNs = Math.max((mark.toNs - mark.fromNs) * 0.6, 1e6);
                const centreNs = (mark.fromNs + mark.toNs) / 2;
                choices.setState({ view: { fromNs: centreNs - halfNs, toNs: centreNs + halfNs }, isFollowing: false });
              }}
            >
              {formatNs(mark.fromNs)}
            </Button>
            <input
              className="field"
              style={{ flex: 1 }}
              aria-label={`Text of the mark at ${formatNs(mark.fromNs)}`}
              value={mark.text}
              onChange={(event) =>
                annotations.setState(({ marks }) => ({
                  marks: marks.map((each) => (each.id === mark.id ? { ...each, text: event.target.value } : each)),
                }))
              }
            />
            <Button
              kind="plain"
              aria-label="Remove the mark"
              onClick={() => annotations.setState(({ marks }) => ({ marks: marks.filter((each) => each !== mark) }))}
            >
              ×
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}
