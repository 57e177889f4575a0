// The whole life of one request: what came of it, who blocked it, with whom it ran.

import { useRef } from 'react';
import { formatNs } from '../../../../shared/units/format';
import { type Life, type Mate, PHASE_WORDS } from '../../model/scheduler/life';
import type { Work } from '../../model/scheduler/life-work';
import type { RequestRef } from '../../model/scheduler/misses';
import { Button } from '../../widgets/button';
import { useSize } from '../memory/use-size';
import { LifeDrawing } from './life-drawing';
import { LifeWorkFacts } from './life-work-facts';
import type { WorkColors } from './life-work-lanes';

interface LifeViewProps {
  readonly life: Life;
  readonly models: readonly string[];
  readonly colors: WorkColors;
  readonly onPick: (request: RequestRef) => void;
  /** A kernel or copy of its batch. */
  readonly onPickWork: (work: Work) => void;
  readonly onShowOnTimeline: () => void;
  readonly onClose: () => void;
}

export function LifeView({ life, models, colors, onPick, onPickWork, onShowOnTimeline, onClose }: LifeViewProps) {
  const box = useRef<HTMLDivElement>(null);
  const { widthPx } = useSize(box);
  const version = life.version === '' ? '' : ` ${life.version}`;
  const tier = life.tier > 0 ? `, tier ${life.tier}` : '';
  return (
    <section className="scheduler-life" aria-label="Life of the request" data-testid="scheduler-life">
      <header className="laboratory-row">
        <h3>
          Request {life.request} to {life.model}
          {version}, priority {life.priority}
          {tier}
        </h3>
        <Button onClick={onShowOnTimeline} data-testid="scheduler-show-on-timeline">
          Show on the timeline
        </Button>
        <Button kind="plain" onClick={onClose} aria-label="Close the life of the request">
          ×
        </Button>
      </header>
      <p data-is-bad={life.isMissed} data-testid="scheduler-life-sentence" aria-live="polite">
        {life.sentence}
      </p>
      <div ref={box} className="scheduler-life-drawing">
        {widthPx > 0 && <LifeDrawing {...{ life, models, widthPx, colors, onPickWork }} />}
      </div>
      <div className="scheduler-life-facts">
        <dl aria-label="Parts of its life">
          {life.phases.map(({ kind, fromNs, toNs }) => (
            <div key={kind}>
              <dt>
                <span className={`scheduler-swatch scheduler-swatch-${kind}`} />
                {PHASE_WORDS[kind]}
              </dt>
              <dd>{formatNs(toNs - fromNs)}</dd>
            </div>
          ))}
        </dl>
        <LifeWorkFacts work={life.work} />
        <Blockers life={life} />
        <Others title={`With it in batch ${life.batch}`} mates={life.mates} onPick={onPick} />
        <Others title="In the same pipeline run" mates={life.kin} onPick={onPick} />
      </div>
    </section>
  );
}

function Blockers({ life: { blockers } }: { readonly life: Life }) {
  if (blockers.length === 0) return undefined;
  return (
    <div>
      <h4>Who held the stream meanwhile</h4>
      <ul data-testid="scheduler-blockers">
        {blockers.map(({ model, stream, batchCount, heldNs, batch }) => (
          <li key={`${model} ${stream}`}>
            <b>{model}</b> on stream {stream}: {formatNs(heldNs)} in{' '}
            {batchCount === 1 ? `batch ${batch}` : `${batchCount} batches, the last one ${batch}`}
          </li>
        ))}
      </ul>
    </div>
  );
}

interface OthersProps {
  readonly title: string;
  readonly mates: readonly Mate[];
  readonly onPick: (request: RequestRef) => void;
}

function Others({ title, mates, onPick }: OthersProps) {
  if (mates.length === 0) return undefined;
  return (
    <div>
      <h4>{title}</h4>
      <ul className="scheduler-others">
        {mates.map((mate) => (
          <li key={mate.request}>
            <Button kind="plain" onClick={() => onPick({ source: mate.source, request: mate.request })}>
              {mate.request} {mate.model}, {formatNs(mate.completionNs - mate.arrivalNs)}
              {mate.isLate ? ', late' : ''}
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}
