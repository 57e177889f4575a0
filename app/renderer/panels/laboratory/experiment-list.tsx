// The experiments of the session, the newest first: one is shown.

import type { Experiment } from '../../model/laboratory/experiments';
import { doneRatio, type Phase, phaseWords } from '../../model/laboratory/phase';
import { deviceWords, experimentTitle } from '../../model/laboratory/words';
import { Progress } from '../../widgets/progress';

export interface ListedExperiment {
  readonly experiment: Experiment;
  readonly phase: Phase;
}

interface ExperimentListProps {
  readonly listed: readonly ListedExperiment[];
  readonly shown: number | undefined;
  readonly onChoose: (experiment: number) => void;
}

const PHASE_SIGNS: Readonly<Record<Phase, string>> = {
  running: '▶',
  done: '✓',
  failed: '✗',
  cancelled: '◼',
  cutOff: '…',
};

export function ExperimentList({ listed, shown, onChoose }: ExperimentListProps) {
  if (listed.length === 0) return <p className="laboratory-hint">None was run in this session yet.</p>;
  return (
    <ul className="laboratory-list" aria-label="Experiments of this session" data-testid="laboratory-list">
      {listed.map(({ experiment, phase }) => (
        <li key={experiment.experiment}>
          <button
            type="button"
            aria-current={experiment.experiment === shown}
            data-phase={phase}
            data-testid="laboratory-experiment"
            onClick={() => onChoose(experiment.experiment)}
          >
            <span>
              <span aria-hidden="true">{PHASE_SIGNS[phase]}</span> {experimentTitle(experiment)}
            </span>
            <span className="muted">
              {deviceWords(experiment.device, experiment.deviceKind)} · {phaseWords(experiment, phase)}
            </span>
            {phase === 'running' && <Progress label={experiment.sentence} doneRatio={doneRatio(experiment)} />}
          </button>
        </li>
      ))}
    </ul>
  );
}
