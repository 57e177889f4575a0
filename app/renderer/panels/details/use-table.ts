// One answer of the session's store, asked again when the question changes.

import { useEffect, useState } from 'react';
import type { WindowTable } from '../../../../shared/window/methods';
import { useActions, useSession } from '../../context';

/** undefined until it is answered, and while there is nothing to ask. */
export function useTable(sql: string | undefined): WindowTable | undefined {
  const actions = useActions();
  const { key } = useSession();
  const [table, setTable] = useState<WindowTable>();
  useEffect(() => {
    let isCurrent = true;
    setTable(undefined);
    if (sql === undefined) return;
    actions.request('session/query', { session: key, sql }).then(
      (answer) => isCurrent && setTable(answer),
      (error) => isCurrent && actions.tell(error),
    );
    return () => {
      isCurrent = false;
    };
  }, [actions, key, sql]);
  return table;
}
