import type { SessionStore } from '../../state/session-store';
import type { WorkerClient } from '../../worker/client';
import type { SessionMethods } from '../../worker/main';

/** Shows the next slice of this name, from the middle of the view on, and selects it. */
export async function zoomToName(
  worker: WorkerClient<SessionMethods>,
  choices: SessionStore,
  name: string,
): Promise<void> {
  const { view } = choices.getState();
  const fromNs = view ? view.fromNs : 0;
  // The device of a kernel that ran on a CPU stands behind its name in the tables.
  const query = name.replace(/ \[CPU\]$/, '');
  const answer = await worker.request('timeline/search', { query, direction: 'next', fromNs });
  if (answer.kind !== 'found') return;
  const { table, source, startNs, durationNs, correlation } = answer.row;
  const marginNs = Math.max(durationNs, 1000) * 3;
  choices.setState({
    isFollowing: false,
    view: { fromNs: startNs - marginNs, toNs: startNs + Math.max(durationNs, 0) + marginNs },
    selected: { table, source, startNs, durationNs, correlation, name: answer.row.name },
  });
}
