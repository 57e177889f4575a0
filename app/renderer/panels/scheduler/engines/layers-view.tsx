// Layers of a model's engines: the dearest as bars, all as a table. Of two engines, what one takes of the other.

import { type ReactNode, useMemo, useState } from 'react';
import { formatCount, formatNs } from '../../../../../shared/units/format';
import { createGroupedBars, type GroupedBarsContent } from '../../../charts/grouped-bars';
import {
  comparisonTable,
  type LayerBars,
  layerBars,
  type Pair,
  pairFigures,
  profileTable,
} from '../../../model/scheduler/layer-tables';
import type { EngineColumn } from '../../../model/scheduler/layers';
import type { TimeUnit } from '../../../model/table/columns';
import { DataTable } from '../../../widgets/data-table';
import { Segmented } from '../../../widgets/segmented';
import { ChartFigure } from '../../laboratory/chart-figure';
import { SelectField, SomeOf } from '../../laboratory/form-fields';
import { nsWords, ratioWords, shortNs } from '../words';

interface LayersViewProps {
  readonly model: string;
  /** All engines of the model. */
  readonly columns: readonly EngineColumn[];
  readonly onSavePng: (title: string, url: string) => void;
  readonly onSaveCsv: (name: string, csv: string) => void;
}

/** Side by side, more than these are too thin. */
const COLUMNS_SHOWN_MAX = 4;
const BAR_PX = 9;
const CHART_EDGE_PX = 64;

const ORDERS = [
  { id: 'dearest', title: 'Dearest', hint: 'The layers that take longest in any engine first' },
  { id: 'differ', title: 'Differ most', hint: 'The layers first whose times in the two engines are farthest apart' },
] as const;

export function LayersView({ model, columns: all, onSavePng, onSaveCsv }: LayersViewProps) {
  const [timeUnit, setTimeUnit] = useState<TimeUnit>('auto');
  const [hidden, setHidden] = useState<readonly string[]>([]);
  const [pairIds, setPairIds] = useState<{ readonly base?: string; readonly other?: string }>({});
  const [order, setOrder] = useState<(typeof ORDERS)[number]['id']>('dearest');
  const shown = useMemo(() => all.filter(({ id }) => !hidden.includes(id)).slice(0, COLUMNS_SHOWN_MAX), [all, hidden]);
  const pair = useMemo<Pair | undefined>(() => {
    const base = shown.find(({ id }) => id === pairIds.base) ?? shown[0];
    const other =
      shown.find(({ id }) => id === pairIds.other && id !== base?.id) ?? shown.find((each) => each !== base);
    return base && other && { base, other };
  }, [shown, pairIds]);
  const bars = useMemo(() => layerBars(shown, { pair: order === 'differ' ? pair : undefined }), [shown, order, pair]);
  const table = useMemo(
    () => (shown.length === 1 ? profileTable(shown[0]) : comparisonTable(shown, pair)),
    [shown, pair],
  );
  const content = useMemo(() => contentOf(bars, all), [bars, all]);
  return (
    <>
      <div className="laboratory-row">
        <SomeOf
          label={`Engines side by side${all.length > COLUMNS_SHOWN_MAX ? `, ${COLUMNS_SHOWN_MAX} at most` : ''}`}
          options={all.map(({ id, title, totalNs }) => ({ id, title: `${title}: ${nsWords(totalNs)}` }))}
          chosen={shown.map(({ id }) => id)}
          onChange={(ids) => setHidden(all.map(({ id }) => id).filter((id) => !ids.includes(id)))}
          error={shown.length === 0 ? 'Choose at least one engine.' : undefined}
        />
      </div>
      {pair && (
        <PairRow columns={shown} pair={pair} onChange={setPairIds}>
          <Segmented label="Order of the bars" options={ORDERS} value={order} onChange={setOrder} />
        </PairRow>
      )}
      {shown.length > 0 && (
        <>
          <ChartFigure
            create={createGroupedBars}
            content={content}
            title={titleOf(model, bars.names.length, bars.leftOutCount, order === 'differ' && pair !== undefined)}
            label={`${bars.names.length} layers in ${shown.length} engines`}
            heightPx={CHART_EDGE_PX + bars.names.length * (6 + BAR_PX * shown.length)}
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
    </>
  );
}

/** An engine keeps its colour when others are hidden. */
const contentOf = (bars: LayerBars, all: readonly EngineColumn[]): GroupedBarsContent => ({
  categories: bars.names,
  series: bars.columns.map(({ title, averageNs }) => ({
    name: title,
    place: all.findIndex((each) => each.title === title),
    values: averageNs,
  })),
  isLying: true,
  categoryTitle: 'Layer',
  format: formatNs,
  formatShort: shortNs,
});

function titleOf(model: string, drawnCount: number, leftOutCount: number, isByDifference: boolean): string {
  const which = isByDifference ? 'layers that differ most' : 'dearest layers';
  return `${leftOutCount > 0 || isByDifference ? `The ${drawnCount} ${which}` : 'Layers'} of ${model}, mean of the runs`;
}

interface PairRowProps {
  readonly columns: readonly EngineColumn[];
  readonly pair: Pair;
  readonly onChange: (ids: { readonly base: string; readonly other: string }) => void;
  readonly children: ReactNode;
}

/** Which engine is held against which, and how they stand to each other as a whole. */
function PairRow({ columns, pair, onChange, children }: PairRowProps) {
  const { base, other } = pair;
  const options = columns.map(({ id, title }) => ({ id, title }));
  const { timeRatio, sharedCount, onlyInBaseCount, onlyInOtherCount } = pairFigures(pair);
  const alone = [
    onlyInOtherCount > 0 && `${formatCount(onlyInOtherCount)} only in the first`,
    onlyInBaseCount > 0 && `${formatCount(onlyInBaseCount)} only in the second`,
  ].filter((words) => words !== false);
  return (
    <div className="laboratory-row scheduler-pair">
      <SelectField
        label="Ratio of"
        options={options}
        value={other.id}
        onChange={(id) => onChange({ base: id === base.id ? other.id : base.id, other: id })}
        testId="scheduler-pair-other"
      />
      <SelectField
        label="to"
        options={options}
        value={base.id}
        onChange={(id) => onChange({ base: id, other: id === other.id ? base.id : other.id })}
        testId="scheduler-pair-base"
      />
      {children}
      <p className="laboratory-hint" data-testid="scheduler-pair-words">
        All layers: <strong>{ratioWords(timeRatio)}</strong> ({nsWords(other.totalNs)} to {nsWords(base.totalNs)}).{' '}
        {formatCount(sharedCount)} layers have one name in both{alone.length > 0 ? `, ${alone.join(', ')}` : ''}.
      </p>
    </div>
  );
}
