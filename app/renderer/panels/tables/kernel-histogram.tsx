// Beside the table: how the durations of the chosen kernel are spread.

import { useEffect, useMemo, useRef, useState } from 'react';
import { formatCount, formatNs } from '../../../../shared/units/format';
import { createDurationHistogram, type DurationHistogram } from '../../charts/duration-histogram';
import {
  type BinRule,
  type BinScale,
  binValues,
  FIXED_BIN_COUNT,
  type Histogram,
} from '../../model/statistics/histogram';
import { type Summary, summarize } from '../../model/statistics/summary';
import { weightedValues } from '../../model/statistics/weighted-values';
import { Button } from '../../widgets/button';
import { EmptyState } from '../../widgets/empty-state';
import { Notice } from '../../widgets/notice';
import { Progress } from '../../widgets/progress';
import { Segmented } from '../../widgets/segmented';
import type { KernelChoice, KernelDurations } from './kernel-durations';
import type { LiveAnswer } from './use-live-answer';

/** Durations with the kernel they belong to, because another may have been chosen meanwhile. */
export interface KernelAnswer {
  readonly kernel: KernelChoice;
  readonly durations: KernelDurations;
}

interface KernelHistogramProps {
  readonly name: string;
  readonly durations: LiveAnswer<KernelAnswer>;
  readonly onClose: () => void;
}

/** From this ratio of longest to shortest on, a logarithmic axis shows more. */
const LOG_FROM_RATIO = 20;

const SCALES = [
  { id: 'auto', title: 'Auto', hint: `Logarithmic when the longest is ${LOG_FROM_RATIO} times the shortest` },
  { id: 'linear', title: 'Linear' },
  { id: 'log', title: 'Log' },
] as const;
const RULES = [
  { id: 'freedmanDiaconis', title: 'F–D', hint: 'Freedman–Diaconis: bins of 2·IQR/∛n' },
  { id: 'fixed', title: `${FIXED_BIN_COUNT} bins`, hint: 'A fixed number of bins' },
] as const;

function scaleOf(choice: BinScale | 'auto', { min, max }: Summary): BinScale {
  if (choice !== 'auto') return choice;
  return min > 0 && max / min >= LOG_FROM_RATIO ? 'log' : 'linear';
}

/** Histogram, percentiles and moments of one kernel. */
export function KernelHistogram({ name, durations, onClose }: KernelHistogramProps) {
  const [scaleChoice, setScaleChoice] = useState<BinScale | 'auto'>('auto');
  const [rule, setRule] = useState<BinRule>('freedmanDiaconis');
  const { answer, failure, isLoading, askAgain } = durations;
  const weighted = useMemo(
    () => answer && weightedValues(answer.durations.durationsNs, answer.durations.counts),
    [answer],
  );
  const summary = useMemo(() => weighted && summarize(weighted), [weighted]);
  const histogram = useMemo(
    () => weighted && summary && binValues(weighted, scaleOf(scaleChoice, summary), rule),
    [weighted, summary, scaleChoice, rule],
  );
  return (
    <section className="kernel-histogram" aria-label="Durations of the selected kernel" data-testid="kernel-histogram">
      <header>
        <h3 title={name}>{name}</h3>
        <Button kind="plain" onClick={onClose} aria-label="Close the histogram" title="Close">
          ×
        </Button>
      </header>
      {isLoading && <Progress label="Reading durations" />}
      {failure && <Notice severity="error" {...failure} action={{ title: 'Try again', run: askAgain }} />}
      {answer && !summary && (
        <EmptyState title="No durations">No launch of this kernel begins in the range.</EmptyState>
      )}
      {histogram && summary && (
        <>
          <div className="kernel-histogram-choices">
            <Segmented label="Axis" options={SCALES} value={scaleChoice} onChange={setScaleChoice} />
            <Segmented label="Bins" options={RULES} value={rule} onChange={setRule} />
          </div>
          <Chart histogram={histogram} summary={summary} />
          <p className="kernel-histogram-bins">{binWords(histogram)}</p>
          <Figures summary={summary} />
        </>
      )}
    </section>
  );
}

function binWords({ edges, counts, rule, scale }: Histogram): string {
  const ruleWords = rule === 'fixed' ? 'fixed number' : 'Freedman–Diaconis';
  const bins = counts.length === 1 ? '1 bin' : `${counts.length} bins`;
  const width = scale === 'log' ? 'of equal ratio' : `of ${formatNs(edges[1] - edges[0])}`;
  return `${bins} ${width} (${ruleWords})`;
}

function Chart({ histogram, summary }: { readonly histogram: Histogram; readonly summary: Summary }) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<DurationHistogram>(undefined);
  useEffect(() => {
    if (!box.current) return;
    const mine = createDurationHistogram(box.current);
    chart.current = mine;
    const redraw = () => mine.resize();
    const sizes = new ResizeObserver(redraw);
    sizes.observe(box.current);
    const themes = new MutationObserver(redraw);
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'class'] });
    return () => {
      sizes.disconnect();
      themes.disconnect();
      mine.dispose();
    };
  }, []);
  useEffect(() => chart.current?.draw(histogram, summary), [histogram, summary]);
  const median = summary.percentiles[0].value;
  return (
    <div
      ref={box}
      className="kernel-histogram-chart"
      role="img"
      aria-label={`Histogram of ${formatCount(summary.count)} durations from ${formatNs(summary.min)} to ${formatNs(summary.max)}, median ${formatNs(median)}`}
    />
  );
}

function Figures({ summary }: { readonly summary: Summary }) {
  const { count, mean, standardDeviation, variationRatio, min, max, percentiles } = summary;
  const moments: readonly (readonly [string, string, string?])[] = [
    ['Count', formatCount(count)],
    ['Mean', formatNs(mean)],
    ['StdDev', formatNs(standardDeviation), 'Standard deviation of a sample'],
    [
      'CV',
      `${(variationRatio * 100).toFixed(2)} %`,
      'Coefficient of variation: standard deviation as a share of the mean',
    ],
    ['Min', formatNs(min)],
    ['Max', formatNs(max)],
  ];
  return (
    <dl className="kernel-histogram-figures" data-testid="kernel-figures">
      {moments.map(([name, text, hint]) => (
        <div key={name} title={hint}>
          <dt>{name}</dt>
          <dd>{text}</dd>
        </div>
      ))}
      {percentiles.map(({ percent, value, isSupported }) => (
        <div
          key={percent}
          data-pale={!isSupported}
          title={isSupported ? undefined : 'Too few launches: this lies between the longest ones'}
        >
          <dt>{`p${percent}`}</dt>
          <dd>{formatNs(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
