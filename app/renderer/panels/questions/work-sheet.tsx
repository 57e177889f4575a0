import type { Work } from '../../state/app-store';
import { Button } from '../../widgets/button';
import { Dialog } from '../../widgets/dialog';
import { Progress } from '../../widgets/progress';

/** Work that takes a while: how far it is, what it says, and a way out. */
export function WorkSheet({ work }: { readonly work: Work }) {
  const { title, doneRatio, log, cancel } = work;
  return (
    <Dialog title={title} onClose={cancel} isFirm testId="work">
      <Progress label={title} doneRatio={doneRatio} />
      {log && <pre className="work-log mono">{log}</pre>}
      <div className="buttons">
        <Button onClick={cancel}>Cancel</Button>
      </div>
    </Dialog>
  );
}
