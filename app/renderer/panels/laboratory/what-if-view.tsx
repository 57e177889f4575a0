import { useMemo, useState } from 'react';
import type { ResourceTable } from '../../../../shared/occupancy/resources';
import { createWhatIfCurve } from '../../charts/what-if-curve';
import { whatIfCurves, whatIfSubjects } from '../../model/laboratory/what-if';
import { formatRatio } from '../../model/laboratory/words';
import { EmptyState } from '../../widgets/empty-state';
import { ChartFigure } from './chart-figure';
import { SelectField } from './form-fields';
import type { ResultView } from './views';

interface WhatIfViewProps extends ResultView {
  /** Of the device that measured; undefined when it is not known. */
  readonly computeCapability: string | undefined;
  readonly resources: ResourceTable | undefined;
}

/** Occupancy of one kernel while its registers, its block or its shared memory change. */
export function WhatIfView({ points, computeCapability, resources, onSavePng }: WhatIfViewProps) {
  const [choice, setChoice] = useState('');
  const subjects = useMemo(
    () => whatIfSubjects(points, computeCapability, resources),
    [points, computeCapability, resources],
  );
  const subject = subjects.find(({ id }) => id === choice) ?? subjects[0];
  const curves = useMemo(() => subject && whatIfCurves(subject), [subject]);
  if (!subject || !curves) {
    return (
      <EmptyState title="No kernel to try">
        Run an experiment on a CUDA device, or one of our own kernels, whose registers on an Orin are known.
      </EmptyState>
    );
  }
  const { limits, isPrediction } = subject;
  return (
    <div className="laboratory-view">
      <div className="laboratory-row">
        <SelectField
          label="Kernel"
          options={subjects.map(({ id, title }) => ({ id, title }))}
          value={subject.id}
          onChange={setChoice}
          testId="laboratory-subject"
        />
        <p className="laboratory-hint">
          {isPrediction && <strong className="laboratory-badge">Prediction</strong>} Theoretical occupancy on compute
          capability {limits.computeCapability} ({limits.chip}): {formatRatio(curves[0].ratio)}.
        </p>
      </div>
      <div className="laboratory-curves">
        {curves.map((curve) => (
          <div key={curve.id}>
            <ChartFigure
              create={createWhatIfCurve}
              content={curve}
              title={`${isPrediction ? 'Prediction: ' : ''}${curve.title}`}
              label={`Occupancy over ${curve.title.toLowerCase()}: ${formatRatio(curve.ratio)} at ${curve.value}. ${curve.sentence}`}
              heightPx={190}
              onSavePng={onSavePng}
              testId={`what-if-${curve.id}`}
              itemCount={curve.points.length}
            />
            <p className="laboratory-hint">{curve.sentence}</p>
          </div>
        ))}
      </div>
    </div>
  );
}
