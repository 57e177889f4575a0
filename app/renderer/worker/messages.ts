// Window ⇄ worker. One worker a session.

export type ToWorker =
  /** Comes with the session's data port. */
  | { readonly kind: 'attach' }
  | { readonly kind: 'request'; readonly id: number; readonly method: string; readonly params: unknown };

export type FromWorker =
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly message: string }
  /** More rows came; sent at most once in REVISION_MS. */
  | { readonly kind: 'revision'; readonly revision: number; readonly isComplete: boolean };

export const REVISION_MS = 30;
