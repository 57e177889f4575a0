// What every open session can do, whether it comes from a file or from a probe.

import type { SessionDescription } from '../../../shared/window/methods';
import type { StoreThread } from '../session/store-thread';
import type { HostPort } from './port-rpc';

export interface OpenSession {
  readonly key: number;
  describe(): SessionDescription;
  /** The file that holds every row. */
  readonly filePath: string;
  /** Sends all rows from the beginning through this port, and those to come. */
  attach(port: HostPort): void;
  /** The store, in a thread of its own. Resolves when a file is read whole. Throws FailureError. */
  store(): Promise<StoreThread>;
  /** Ends it. With `mayDiscard` a recording that nobody saved is removed. */
  /** Keeps it at this path from now on. Throws FailureError. */
  save(path: string, overwrite: boolean): Promise<void>;
  close(options: { readonly mayDiscard: boolean }): Promise<void>;
}
