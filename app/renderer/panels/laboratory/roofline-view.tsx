import { useMemo, useState } from 'react';
import { BOARDS, findBoard } from '../../../../shared/occupancy/boards';
import { createRoofline } from '../../charts/roofline';
import { flopsBefore } from '../../model/laboratory/baselines';
import { statedCeilings } from '../../model/laboratory/prediction';
import { measuredCeilings, rooflineOf } from '../../model/laboratory/roofline';
import { formatRate } from '../../model/laboratory/words';
import { EmptyState } from '../../widgets/empty-state';
import { ChartFigure } from './chart-figure';
import { SelectField } from './form-fields';
import type { ResultView } from './views';

const MEASURED = { id: 'measured', title: 'measured in this run' };

/** Points below the ceilings of this run, or of a board as its maker states them. */
export function RooflineView({ experiment, points, baselines, onSavePng }: ResultView) {
  const [source, setSource] = useState(MEASURED.id);
  const isFp16 = experiment.spec?.kind === 'gemm' && experiment.spec.precision === 'fp16';
  const chart = useMemo(() => {
    const board = findBoard(source);
    const ceilings = board ? statedCeilings(board, isFp16) : measuredCeilings(points);
    return rooflineOf(points, ceilings, flopsBefore(baselines));
  }, [points, baselines, source, isFp16]);
  if (chart.points.length === 0) {
    return (
      <EmptyState title="Nothing to place under a roof">
        Points appear here when both their operations and their bytes are counted, as those of GEMM are.
      </EmptyState>
    );
  }
  const { ceilings } = chart;
  const isOfAnotherPrecision = isFp16 && source === MEASURED.id && ceilings !== undefined;
  return (
    <div className="laboratory-view">
      <div className="laboratory-row">
        <SelectField
          label="Ceilings"
          options={[MEASURED, ...BOARDS.map(({ id, name }) => ({ id, title: `${name}, as stated` }))]}
          value={source}
          onChange={setSource}
          testId="laboratory-ceilings"
        />
        <p className="laboratory-hint">
          {ceilings
            ? `${formatRate(ceilings.flopsPerSec, 'FLOP/s')} and ${formatRate(ceilings.bytesPerSec, 'B/s')}, ${ceilings.source}.`
            : 'The ceilings were not measured in this run; choose a board to see what its maker states.'}
          {isOfAnotherPrecision && ' The ceiling is that of FP32: half precision on tensor cores may stand above it.'}
        </p>
      </div>
      <ChartFigure
        create={createRoofline}
        content={chart}
        title={`Roofline${ceilings ? `, ceilings ${ceilings.source}` : ''}`}
        label={`Roofline with ${chart.points.length} points`}
        onSavePng={onSavePng}
        testId="laboratory-roofline"
        itemCount={chart.points.length}
      />
    </div>
  );
}
