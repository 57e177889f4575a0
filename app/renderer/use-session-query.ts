import { useEffect, useState } from 'react';
import type { WindowTable } from '../../shared/window/methods';
import { useActions, useSession } from './context';
import { latestOnly } from './state/latest-only';

/** Asks SQL of the session now and whenever more rows came, at most once in so long. Undefined until the first answer. */
export function useSessionQuery(sql: string, intervalMs: number): WindowTable | undefined {
  const actions = useActions();
  const { key, choices } = useSession();
  const [table, setTable] = useState<WindowTable>();
  useEffect(() => {
    const askSoon = latestOnly(intervalMs);
    let isCurrent = true;
    const ask = () =>
      askSoon(async () => {
        const answer = await actions.request('session/query', { session: key, sql });
        if (isCurrent) setTable(answer);
      });
    ask();
    const unsubscribe = choices.subscribe((next, before) => {
      if (next.revision !== before.revision) ask();
    });
    return () => {
      isCurrent = false;
      unsubscribe();
    };
  }, [actions, key, choices, sql, intervalMs]);
  return table;
}
