// What an installation tells while it goes on, and what each of its parts works with.

import type { Board } from './board';
import type { RemoteShell } from './remote-shell';

/** look at the board, wait for another installation, fetch and upload Node, upload and check the programs, build, start. */
export type Step = 'look' | 'wait' | 'fetchNode' | 'uploadNode' | 'upload' | 'check' | 'build' | 'start';

export interface StepProgress {
  /** A line for people, or a piece of the compiler's log. */
  readonly text?: string;
  /** 0..1 of this step. */
  readonly doneRatio?: number;
}

export type OnProgress = (step: Step, progress: StepProgress) => void;

/** Something the user should know after an installation that went well. */
export interface Finding {
  /** Stable, for programs. */
  readonly code: string;
  readonly sentence: string;
  readonly remedy?: string;
  /** To be run on the board, word for word. */
  readonly command?: string;
}

export interface Deployment {
  readonly shell: RemoteShell;
  readonly board: Board;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal | undefined;
}
