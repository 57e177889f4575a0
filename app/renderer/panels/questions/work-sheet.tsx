import { Sheet } from '../../sheet';
import type { Work } from '../../state/app-store';

/** Work that takes a while: how far it is, what it says, and a way out. */
export function WorkSheet({ work }: { readonly work: Work }) {
  const { title, doneRatio, log, cancel } = work;
  return (
    <Sheet title={title} onClose={cancel} testId="work">
      <progress style={{ width: '100%' }} aria-label={title} max={1} value={doneRatio} />
      {log && <pre className="mono">{log}</pre>}
      <div className="buttons">
        <button type="button" className="button" onClick={cancel}>
          Cancel
        </button>
      </div>
    </Sheet>
  );
}
