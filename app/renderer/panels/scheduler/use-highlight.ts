// The timeline shows which kernels the request has whose life is open.

import { useEffect } from 'react';
import { useSession } from '../../context';
import type { Life } from '../../model/scheduler/life';

/** Highlights the work of this life's batch; nothing while there is none. */
export function useHighlight(life: Life | undefined): void {
  const { choices } = useSession();
  // The answers come again and again while a session is live; the calls of a batch stay the same.
  const key = life?.work.lanes
    .flatMap(({ work }) => work.map(({ source, correlation }) => `${source} ${correlation}`))
    .join();
  useEffect(() => {
    const calls = [...new Set(key ? key.split(',') : [])].map((each) => {
      const [source, correlation] = each.split(' ').map(Number);
      return { source, correlation };
    });
    choices.setState({ highlighted: calls });
    return () => choices.setState({ highlighted: [] });
  }, [choices, key]);
}
