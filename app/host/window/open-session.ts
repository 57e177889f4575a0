// What every open session can do, whether it comes from a file or from a probe.

import type { SessionDescription } from '../../../shared/window/methods';
import type { Store } from '../session/store';
import type { HostPort } from './port-rpc';

export interface OpenSession {
  readonly key: number;
  describe(): SessionDescription;
  /** The file that holds every row. */
  readonly filePath: string;
  /** Sends all rows from the beginning through this port, and those to come. */
  attach(port: HostPort): void;
  /** The store with everything that came until now, names readable. Waits until a file is read. Throws FailureError. */
  store(): Promise<Store>;
  /** Ends it. With `mayDiscard` a recording that nobody saved is removed. */
  close(options: { readonly mayDiscard: boolean }): Promise<void>;
}
