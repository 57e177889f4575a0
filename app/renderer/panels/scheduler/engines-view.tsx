// Layers of a model's engines, precisions side by side: the dearest as bars, all as a table.

import { useMemo, useState } from 'react';
import { formatNs } from '../../../../shared/units/format';
import { createGroupedBars, type GroupedBarsContent } from '../../charts/grouped-bars';
import { engineColumns, layerBars, layersOf, layerTable } from '../../model/scheduler/layers';
import type { TimeUnit } from '../../model/table/columns';
import { DataTable } from '../../widgets/data-table';
import { EmptyState } from '../../widgets/empty-state';
import { ChartFigure } from '../laboratory/chart-figure';
import { SelectField, SomeOf } from '../laboratory/form-fields';
import type { SchedulerView } from './views';
import { nsWords, shortNs } from './words';

interface EnginesViewProps extends Pick<SchedulerView, 'rows' | 'onSavePng'> {
  readonly model: string | undefined;
  readonly onModel: (model: string) => void;
  readonly onSaveCsv: (name: string, csv: string) => void;
}

/** Side by side, more than these are too thin. */
const COLUMNS_SHOWN_MAX = 4;
const BAR_PX = 9;
const CHART_EDGE_PX = 64;

export function EnginesView({ rows, model: chosen, onModel, onSavePng, onSaveCsv }: EnginesViewProps) {
  const [timeUnit, setTimeUnit] = useState<TimeUnit>('auto');
  const [hidden, setHidden] = useState<readonly string[]>([]);
  const layers = useMemo(() => layersOf(rows.tables.layers), [rows.tables.layers]);
  const models = useMemo(() => [...new Set(layers.map((each) => each.model))], [layers]);
  const model = chosen !== undefined && models.includes(chosen) ? chosen : (models[0] ?? '');
  const all = useMemo(() => engineColumns(layers, model), [layers, model]);
  const columns = useMemo(
    () => all.filter(({ id }) => !hidden.includes(id)).slice(0, COLUMNS_SHOWN_MAX),
    [all, hidden],
  );
  const bars = useMemo(() => layerBars(columns), [columns]);
  const table = useMemo(() => layerTable(columns), [columns]);
  const content = useMemo<GroupedBarsContent>(
    () => ({
      categories: bars.names,
      series: bars.columns.map(({ title, averageNs }, place) => ({ name: title, place, values: averageNs })),
      isLying: true,
      categoryTitle: 'Layer',
      format: formatNs,
      formatShort: shortNs,
    }),
    [bars],
  );
  if (layers.length === 0) {
    return (
      <EmptyState title="No engine told the times of its layers">
        They come when a workload ends, from engines that measure their layers: ONNX Runtime, our kernels, TensorRT.
      </EmptyState>
    );
  }
  const shownIds = columns.map(({ id }) => id);
  const dearest = bars.leftOutCount > 0 ? `The ${bars.names.length} dearest layers` : 'Layers';
  return (
    <div className="scheduler-view" data-testid="scheduler-engines">
      <div className="laboratory-row">
        <SelectField
          label="Model"
          options={models.map((id) => ({ id, title: id }))}
          value={model}
          onChange={onModel}
          testId="scheduler-model"
        />
        <SomeOf
          label="Engines side by side"
          options={all.map(({ id, title, totalNs }) => ({ id, title: `${title}: ${nsWords(totalNs)}` }))}
          chosen={shownIds}
          onChange={(ids) => setHidden(all.map(({ id }) => id).filter((id) => !ids.includes(id)))}
          error={columns.length === 0 ? 'Choose at least one engine.' : undefined}
        />
      </div>
      {columns.length > 0 && (
        <>
          <ChartFigure
            create={createGroupedBars}
            content={content}
            title={`${dearest} of ${model}, mean of the runs`}
            label={`${bars.names.length} layers in ${columns.length} engines`}
            heightPx={CHART_EDGE_PX + bars.names.length * (6 + BAR_PX * columns.length)}
            onSavePng={onSavePng}
            testId="scheduler-layers"
            itemCount={bars.names.length}
          />
          <div className="scheduler-layer-table">
            <DataTable
              label="Layers"
              table={table}
              timeUnit={timeUnit}
              onTimeUnit={setTimeUnit}
              onSaveCsv={(csv) => onSaveCsv(`layers-${model}.csv`, csv)}
            />
          </div>
        </>
      )}
    </div>
  );
}
