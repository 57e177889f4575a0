import { useCallback, useEffect, useRef, useState } from 'react';
import type { Failure } from '../../../../shared/util/failure';
import { failureOf } from '../../widgets/notice';
import { PacedAsks } from './paced-asks';

/** Between two questions over the growing rows of a live session. */
export const LIVE_INTERVAL_MS = 1000;

export interface LiveAnswer<A> {
  /** The newest answer there is; of an earlier question while the new one has none. */
  readonly answer?: A;
  readonly failure?: Pick<Failure, 'sentence' | 'remedy'>;
  readonly isLoading: boolean;
  readonly askAgain: () => void;
}

interface Liveness {
  /** Counts up when there are more rows. */
  readonly revision: number;
  readonly isLive: boolean;
}

/** Asks when `key` changes and, while the session is live, when there are more rows. */
export function useLiveAnswer<A>(key: string, ask: () => Promise<A>, { revision, isLive }: Liveness): LiveAnswer<A> {
  const [state, setState] = useState<Omit<LiveAnswer<A>, 'askAgain'>>({ isLoading: true });
  const newestAsk = useRef(ask);
  newestAsk.current = ask;
  const asks = useRef<PacedAsks<A>>(undefined);
  useEffect(() => {
    const paced = new PacedAsks<A>(
      {
        onBegin: () => setState((before) => ({ ...before, isLoading: true })),
        onAnswer: (_, answer) => setState({ answer, isLoading: false }),
        onFailure: (_, error) =>
          setState((before) => ({
            ...before,
            isLoading: false,
            failure: failureOf(error, 'Try it again; if it stays so, close the session and open it again.'),
          })),
      },
      LIVE_INTERVAL_MS,
    );
    asks.current = paced;
    return () => paced.close();
  }, []);
  const request = useCallback(() => {
    const mine = newestAsk.current;
    asks.current?.request({ key, ask: mine });
  }, [key]);
  const liveRevision = isLive ? revision : -1;
  // The end of a live session changes liveRevision too, so the last rows are not missed.
  useEffect(() => {
    if (liveRevision >= -1) request();
  }, [request, liveRevision]);
  return { ...state, askAgain: request };
}
