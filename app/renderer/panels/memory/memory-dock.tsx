import { useMemo } from 'react';
import { useStore } from 'zustand';
import { formatNs } from '../../../../shared/units/format';
import { useSession } from '../../context';
import type { AskMemory } from '../../worker/memory-methods';
import { MemoryPanel } from './memory-panel';

/** The memory map of the session in the dock. */
export function MemoryDock() {
  const { worker, choices, annotations } = useSession();
  // The same methods, typed one by one there and all together here.
  const ask = useMemo(() => worker.request.bind(worker) as unknown as AskMemory, [worker]);
  const revision = useStore(choices, (state) => state.revision);
  const marks = useStore(annotations, (state) => state.marks);
  return <MemoryPanel ask={ask} store={choices} revision={revision} formatTime={formatNs} marks={marks} />;
}
