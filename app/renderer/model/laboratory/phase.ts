// How far an experiment is, from its last row and from whether its program still runs.

import type { Experiment } from './experiments';
import { formatRatio } from './words';

export type Phase = 'running' | 'done' | 'failed' | 'cancelled' | 'cutOff';

/** `isEnded`: the program that measures is known to have ended; a session from a file has no program at all. */
export function phaseOf({ state }: Pick<Experiment, 'state'>, isEnded: boolean): Phase {
  if (state === 'done' || state === 'failed' || state === 'cancelled') return state;
  return isEnded ? 'cutOff' : 'running';
}

/** 0 to 1; undefined while nobody knows how many points there will be. */
export function doneRatio({ doneCount, pointCount }: Pick<Experiment, 'doneCount' | 'pointCount'>): number | undefined {
  return pointCount > 0 ? Math.min(1, doneCount / pointCount) : undefined;
}

/** "12 of 40 points" and what it does. */
export function phaseWords(experiment: Experiment, phase: Phase): string {
  const { doneCount, pointCount, sentence } = experiment;
  const count = `${doneCount} of ${pointCount} points`;
  switch (phase) {
    case 'running':
      return [count, sentence].filter((part) => part !== '').join(' · ');
    case 'done':
      return `${doneCount} points${sentence === '' ? '' : ` · ${sentence}`}`;
    case 'failed':
      return sentence === '' ? 'It failed and did not say why.' : sentence;
    case 'cancelled':
      return `Cancelled after ${count}.`;
    case 'cutOff': {
      const ratio = doneRatio(experiment);
      return `It ended without a last word after ${count}${ratio === undefined ? '' : ` (${formatRatio(ratio)})`}.`;
    }
  }
}
