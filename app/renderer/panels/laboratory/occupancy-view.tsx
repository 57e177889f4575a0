import { useMemo, useState } from 'react';
import { createOccupancyChart } from '../../charts/occupancy-chart';
import { occupancyBars, occupancyLabels } from '../../model/laboratory/occupancy-bars';
import { shortLabel } from '../../model/laboratory/words';
import { EmptyState } from '../../widgets/empty-state';
import { ChartFigure } from './chart-figure';
import { SelectField } from './form-fields';
import type { ResultView } from './views';

const BAR_PX = 42;
const AROUND_PX = 70;

/** Predicted beside achieved occupancy: of the variants at one size, or of all block sizes. */
export function OccupancyView({ experiment, points, onSavePng }: ResultView) {
  const [choice, setChoice] = useState<string>();
  const labels = useMemo(() => occupancyLabels(points), [points]);
  const isBySize = experiment.spec?.kind === 'gemm';
  const label = choice !== undefined && labels.includes(choice) ? choice : labels.at(-1);
  const bars = useMemo(() => occupancyBars(points, isBySize ? label : undefined), [points, isBySize, label]);
  if (bars.length === 0) {
    return (
      <EmptyState title="No occupancy is known">
        {experiment.deviceKind === 'cpu'
          ? 'A processor [CPU] has none. Run the experiment on a CUDA device, or look at “Prediction”.'
          : 'It comes with the first point that has a result.'}
      </EmptyState>
    );
  }
  const isAchieved = bars.some(({ achievedRatio }) => achievedRatio !== undefined);
  return (
    <div className="laboratory-view">
      <div className="laboratory-row">
        {isBySize && (
          <SelectField
            label="At"
            options={labels.map((id) => ({ id, title: shortLabel(id) }))}
            value={label ?? ''}
            onChange={setChoice}
          />
        )}
        {!isAchieved && (
          <p className="laboratory-hint">
            Achieved occupancy was not measured: turn on “read hardware counters” under “How to measure”; the board must
            permit it.
          </p>
        )}
      </div>
      <ChartFigure
        create={createOccupancyChart}
        content={bars}
        title={isBySize ? `Occupancy at ${shortLabel(label ?? '')}` : 'Occupancy'}
        label={`Predicted and achieved occupancy of ${bars.length} points`}
        heightPx={AROUND_PX + bars.length * BAR_PX}
        onSavePng={onSavePng}
        testId="laboratory-occupancy"
        itemCount={bars.length}
      />
    </div>
  );
}
