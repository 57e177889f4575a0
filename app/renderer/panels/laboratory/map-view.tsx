import { type KeyboardEvent, useMemo } from 'react';
import { createHeatMap, type HeatMapContent } from '../../charts/heat-map';
import { changesAgainst } from '../../model/laboratory/baselines';
import { type HeatMap, heatMapOf } from '../../model/laboratory/heat-map';
import { pointFigures } from '../../model/laboratory/point-figures';
import { KIND_TITLES } from '../../model/laboratory/words';
import { EmptyState } from '../../widgets/empty-state';
import { ChartFigure } from './chart-figure';
import { type ResultView, waitingWords } from './views';

/** So that a value can be read in every cell. */
const ROW_PX_MIN = 18;
const AROUND_PX = 76;

const STEPS: Readonly<Record<string, readonly [column: number, row: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The nearest cell in that direction that has a point; the first one when none is picked. */
export function neighbour(map: HeatMap, pickedIndex: number | undefined, key: string): number | undefined {
  const step = STEPS[key];
  if (!step) return undefined;
  const from = map.cells.find(({ point }) => point.index === pickedIndex);
  if (!from) return map.cells[0]?.point.index;
  for (let distance = 1; distance <= Math.max(map.columns.length, map.rows.length); distance++) {
    const [column, row] = [from.column + step[0] * distance, from.row + step[1] * distance];
    const found = map.cells.find((cell) => cell.column === column && cell.row === row);
    if (found) return found.point.index;
  }
  return undefined;
}

/** Size × variant. Arrow keys go from cell to cell. */
export function MapView({ experiment, points, baselines, measure, pickedIndex, onPick, onSavePng }: ResultView) {
  const map = useMemo(
    () => heatMapOf(points, experiment.spec, measure, baselines[0] && changesAgainst(points, baselines[0])),
    [points, experiment.spec, measure, baselines],
  );
  const content = useMemo<HeatMapContent>(
    () => ({ map, pickedIndex, figuresOf: ({ point }) => pointFigures(point, baselines) }),
    [map, pickedIndex, baselines],
  );
  if (map.cells.length === 0) {
    return <EmptyState title="No points">{waitingWords(experiment)}</EmptyState>;
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const next = neighbour(map, pickedIndex, event.key);
    if (next === undefined) return;
    event.preventDefault();
    onPick(next);
  };
  const title = `${experiment.spec ? KIND_TITLES[experiment.spec.kind] : 'Points'}, ${measure.title}`;
  return (
    <ChartFigure
      create={createHeatMap}
      content={content}
      title={title}
      label={`Heat map of ${map.cells.length} points, ${map.rows.length} series at ${map.columns.length} sizes, from ${measure.format(map.least)} to ${measure.format(map.most)}. Arrow keys go from point to point.`}
      heightPxMin={AROUND_PX + map.rows.length * ROW_PX_MIN}
      onPick={(cell) => onPick(map.cells[cell].point.index)}
      onKeyDown={onKeyDown}
      onSavePng={onSavePng}
      testId="laboratory-map"
      itemCount={map.cells.filter(({ value }) => value !== undefined).length}
    />
  );
}
