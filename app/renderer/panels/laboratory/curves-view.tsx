import { useMemo } from 'react';
import type { ExperimentKind } from '../../../../shared/rpc/experiment';
import { formatBytes, formatCount } from '../../../../shared/units/format';
import { createSeriesLines, type SeriesLinesContent } from '../../charts/series-lines';
import { linesOf } from '../../model/laboratory/series';
import { AXIS_TITLES, KIND_TITLES } from '../../model/laboratory/words';
import { EmptyState } from '../../widgets/empty-state';
import { ChartFigure } from './chart-figure';
import { type ResultView, waitingWords } from './views';

const isBytes = (kind: ExperimentKind | undefined) => kind === 'copy' || kind === 'allocation';
/** "4.000 KiB" → "4 KiB": an axis stands at round numbers. */
const shortBytes = (bytes: number) => formatBytes(bytes).replace(/\.0+ /, ' ');

/** Sides of a product that is no cube are roots. */
const wholeNumber = (x: number) => formatCount(Math.round(x));

/** One line a series over what is swept. */
export function CurvesView({ experiment, points, baselines, measure, onSavePng }: ResultView) {
  const kind = experiment.spec?.kind;
  const content = useMemo<SeriesLinesContent>(
    () => ({
      lines: linesOf(points, measure, baselines),
      measure,
      axisTitle: kind ? AXIS_TITLES[kind] : 'x',
      formatX: isBytes(kind) ? shortBytes : wholeNumber,
    }),
    [points, measure, baselines, kind],
  );
  if (content.lines.length === 0) {
    return <EmptyState title="No points with a result">{waitingWords(experiment)}</EmptyState>;
  }
  return (
    <ChartFigure
      create={createSeriesLines}
      content={content}
      title={`${kind ? KIND_TITLES[kind] : 'Points'}, ${measure.title} over ${content.axisTitle.toLowerCase()}`}
      label={`${content.lines.length} curves: ${content.lines.map(({ name }) => name).join(', ')}`}
      onSavePng={onSavePng}
      testId="laboratory-curves"
      itemCount={content.lines.length}
    />
  );
}
