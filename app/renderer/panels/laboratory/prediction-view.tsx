import { useMemo, useState } from 'react';
import { BOARDS, findBoard } from '../../../../shared/occupancy/boards';
import type { ResourceTable } from '../../../../shared/occupancy/resources';
import { predictionTable, predictPoints } from '../../model/laboratory/prediction';
import { formatRate } from '../../model/laboratory/words';
import type { TimeUnit } from '../../model/table/columns';
import { DataTable } from '../../widgets/data-table';
import { EmptyState } from '../../widgets/empty-state';
import { Notice } from '../../widgets/notice';
import { SelectField } from './form-fields';
import type { ResultView } from './views';

interface PredictionViewProps extends ResultView {
  /** Of compute capability 8.7, or why there is none. */
  readonly resources: ResourceTable | undefined;
  readonly resourceFailure: { readonly sentence: string; readonly remedy: string } | undefined;
  readonly onSaveCsv: (name: string, csv: string) => void;
}

const ORINS = BOARDS.filter(({ computeCapability }) => computeCapability === '8.7');
const FIRST_BOARD = 'orin-nano-8gb';

const NOTES: Readonly<Record<string, string>> = {
  'Predicted occupancy (%)': 'theoretical, from registers and shared memory as compiled for sm_87',
  Waves: 'blocks of the grid over the blocks that the board holds at once',
  'Places used (%)': 'of all waves; the last one may be part empty',
  'Predicted least (ns)': 'what the stated ceilings allow; a real kernel takes longer',
  'Predicted most GFLOP/s': 'what the stated ceilings allow; a real kernel reaches less',
};

/** What an Orin would show. Everything here is called a prediction. */
export function PredictionView({ points, resources, resourceFailure, onSaveCsv }: PredictionViewProps) {
  const [boardId, setBoardId] = useState(FIRST_BOARD);
  const [timeUnit, setTimeUnit] = useState<TimeUnit>('auto');
  const board = findBoard(boardId) ?? ORINS[0];
  const result = useMemo(() => resources && predictPoints(points, resources, board), [points, resources, board]);
  const table = useMemo(() => (result?.ok ? predictionTable(result.value) : undefined), [result]);
  if (resourceFailure) return <Notice severity="warning" {...resourceFailure} />;
  if (!result || !resources) return <EmptyState title="Reading what our kernels need on an Orin" />;
  if (!result.ok) return <Notice severity="warning" sentence={result.error} />;
  const { predicted, unknownKernels } = result.value;
  const basis = predicted[0]?.prediction.basis;
  const ceilings = predicted[0]?.prediction.ceilings;
  return (
    <div className="laboratory-view" data-testid="laboratory-prediction">
      <div className="laboratory-row">
        <SelectField
          label="What would show"
          options={ORINS.map(({ id, name }) => ({ id, title: name }))}
          value={board.id}
          onChange={setBoardId}
          testId="laboratory-board"
        />
        <p className="laboratory-hint">
          <strong className="laboratory-badge">Prediction</strong> No {board.name} measured this.
          {basis && ` From ${basis}`}
          {ceilings &&
            `: ${formatRate(ceilings.fp32FlopsPerSec, 'FLOP/s')} in FP32 and ${formatRate(ceilings.bytesPerSec, 'B/s')} at most.`}
        </p>
      </div>
      {unknownKernels.length > 0 && (
        <p className="laboratory-hint">
          Nothing is known of {unknownKernels.length === 1 ? 'the kernel' : 'the kernels'} {unknownKernels.join(', ')}{' '}
          on an Orin.
        </p>
      )}
      {table && table.rows.length > 0 ? (
        <DataTable
          label={`Prediction for ${board.name}`}
          table={table}
          timeUnit={timeUnit}
          onTimeUnit={setTimeUnit}
          notes={NOTES}
          onSaveCsv={(csv) => onSaveCsv(`prediction ${board.name}.csv`, csv)}
        >
          Prediction for {board.name}
        </DataTable>
      ) : (
        <EmptyState title="Nothing to predict">
          Run an experiment with our own kernels, such as “GEMM tiles”: what they need on an Orin is known.
        </EmptyState>
      )}
    </div>
  );
}
