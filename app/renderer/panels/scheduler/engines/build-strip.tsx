// What is built or loaded now, and what failed to: at the head of the panel, whatever it shows.

import './engines.css';
import { type Build, buildTitle, progressOf, runningPhase } from '../../../model/scheduler/builds';
import { Button } from '../../../widgets/button';
import { Progress } from '../../../widgets/progress';
import { spanWords } from '../words';
import { phaseTitle } from './build-phases';

interface BuildStripProps {
  readonly builds: readonly Build[];
  readonly nowNs: number;
  /** False when nothing runs any more: then nothing stands here. */
  readonly isAlive: boolean;
  readonly onShow: () => void;
}

export function BuildStrip({ builds, nowNs, isAlive, onShow }: BuildStripProps) {
  const running = builds.filter(({ state }) => state === 'running');
  if (!isAlive || running.length === 0) return undefined;
  return (
    <ul className="scheduler-strip" aria-label="Engines that are built or loaded" data-testid="scheduler-build-strip">
      {running.map((build) => {
        const phase = runningPhase(build);
        const words = `${phaseTitle(phase?.name ?? '')}, ${spanWords(build.beganNs, nowNs)}`;
        return (
          <li key={build.id}>
            <strong>{buildTitle(build)}</strong>
            <Progress label={`${buildTitle(build)}: ${words}`} doneRatio={progressOf(build)} />
            <span className="muted">{words}</span>
          </li>
        );
      })}
      <li>
        <Button kind="plain" onClick={onShow}>
          Build log
        </Button>
      </li>
    </ul>
  );
}
