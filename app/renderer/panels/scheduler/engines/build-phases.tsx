// The phases of one build: how far each is, and how long it took.

import { type BuildPhase, doneRatioOf, type PhaseState } from '../../../model/scheduler/builds';
import { Progress } from '../../../widgets/progress';
import { spanWords } from '../words';

interface BuildPhasesProps {
  readonly phases: readonly BuildPhase[];
  /** The newest moment of the session: how long something has been running is reckoned to it. */
  readonly nowNs: number;
  /** False when what runs can come to no end any more. */
  readonly isAlive: boolean;
}

export const phaseTitle = (name: string) =>
  name === '' ? 'Unnamed phase' : `${name[0].toUpperCase()}${name.slice(1)}`;

const STATE_WORDS: Readonly<Record<PhaseState, string>> = {
  running: 'running',
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
};

/** What runs in a session that is over was cut off. */
export const stateWords = (state: PhaseState, isAlive: boolean) =>
  state === 'running' && !isAlive ? 'cut off' : STATE_WORDS[state];

const stepWords = ({ step, stepCount, state }: BuildPhase) =>
  stepCount > 0 ? `${state === 'done' ? stepCount : step} of ${stepCount}` : '';

export function BuildPhases({ phases, nowNs, isAlive }: BuildPhasesProps) {
  return (
    <table className="scheduler-table scheduler-phases">
      <thead>
        <tr>
          <th scope="col">Phase</th>
          <th scope="col">Progress</th>
          <th scope="col">Steps</th>
          <th scope="col">State</th>
          <th scope="col">Took</th>
        </tr>
      </thead>
      <tbody>
        {phases.map((phase) => {
          const { name, depth, state, beganNs, endNs, text } = phase;
          const isMoving = state === 'running' && isAlive;
          return (
            <tr key={`${beganNs} ${depth} ${name}`} data-state={stateWords(state, isAlive)}>
              <th scope="row" style={{ paddingLeft: depth * 14 }} title={text || undefined}>
                {phaseTitle(name)}
                {text !== '' && <span className="muted"> {text}</span>}
              </th>
              <td>
                <Progress label={phaseTitle(name)} doneRatio={doneRatioOf(phase) ?? (isMoving ? undefined : 0)} />
              </td>
              <td>{stepWords(phase) || '–'}</td>
              <td>{stateWords(state, isAlive)}</td>
              <td>{endNs === undefined && !isAlive ? '–' : spanWords(beganNs, endNs ?? nowNs)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
