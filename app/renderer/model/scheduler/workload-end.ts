// Why a workload ended before it was done, in a sentence.

interface EndedTarget {
  readonly title: string;
  readonly isWorkload?: boolean;
  readonly exited: { readonly exitCode: number; readonly signal?: string } | undefined;
}

interface SaidPiece {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

const WORDS_MAX = 400;
/** What "Stop" sends. */
const STOPPED = 'SIGTERM';

/** Of the newest workload, when it has ended by a failure; its last line on stderr says which. */
export function workloadEnd(
  targets: readonly EndedTarget[],
  output: readonly SaidPiece[],
): { readonly sentence: string; readonly remedy: string } | undefined {
  const newest = targets.filter(({ isWorkload }) => isWorkload).at(-1);
  if (!newest?.exited) return undefined;
  const { exitCode, signal } = newest.exited;
  if (exitCode === 0 || signal === STOPPED) return undefined;
  const said = output
    .filter(({ stream }) => stream === 'stderr')
    .map(({ text }) => text)
    .join('');
  const last = said.split('\n').findLast((line) => line.trim() !== '');
  const how = signal === undefined ? `with exit code ${exitCode}` : `by ${signal}`;
  return {
    sentence: `“${newest.title}” ended ${how}${last ? `: ${last.trim().slice(0, WORDS_MAX)}` : '.'}`,
    remedy: 'All that it said stands under “Output”.',
  };
}
