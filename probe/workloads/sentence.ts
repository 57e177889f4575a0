// A workload that ran, in words.

import { formatCount, formatNs } from '../../shared/units/format';
import { NS_PER_SEC } from '../../shared/units/units';
import type { WorkloadResult } from './run-workload';

/** A line for the whole, and one for each model and priority. */
export function workloadText(
  name: string,
  policy: string,
  { summary, elapsedNs, isCancelled }: WorkloadResult,
): string {
  const { requestCount, answeredCount, droppedCount, classes } = summary;
  const perSec = (answeredCount * NS_PER_SEC) / Math.max(1, elapsedNs);
  const dropped = droppedCount > 0 ? `, ${formatCount(droppedCount)} images dropped before they were one` : '';
  const head = `${name} under ${policy}${isCancelled ? ', cancelled' : ''}: ${formatCount(requestCount)} requests in ${formatNs(elapsedNs)}, ${formatCount(answeredCount)} answered with a result (${perSec.toFixed(1)}/s)${dropped}`;
  const lines = classes.map(({ model, priority, latency, outcomes, missedCount }) => {
    const percentiles = `p50 ${formatNs(latency.percentileNs(0.5))}, p99 ${formatNs(latency.percentileNs(0.99))}`;
    const others = Object.entries(outcomes).filter(([outcome, count]) => outcome !== 'completed' && count > 0);
    const rest = others.map(([outcome, count]) => `, ${formatCount(count)} ${outcome}`).join('');
    const missed = missedCount > 0 ? `, ${formatCount(missedCount)} deadlines missed` : '';
    return `  ${model} priority ${priority}: ${formatCount(outcomes.completed)} completed${rest}, ${percentiles}${missed}`;
  });
  const cutCount = summary.decisions.cut ?? 0;
  if (cutCount > 0)
    lines.push(`  ${formatCount(cutCount)} answers found more objects than the next stage takes (fanOutMax)`);
  return `${[head, ...lines].join('\n')}\n`;
}
