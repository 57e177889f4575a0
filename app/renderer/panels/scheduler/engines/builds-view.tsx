// Each build of an engine: its phases, its lines by severity, and when it failed why and what to do.

import './engines.css';
import { useState } from 'react';
import { formatCount, formatNs } from '../../../../../shared/units/format';
import {
  BUILD_LINES_MAX,
  type Build,
  type BuildLine,
  buildTitle,
  type LineSeverity,
} from '../../../model/scheduler/builds';
import { EmptyState } from '../../../widgets/empty-state';
import { Notice } from '../../../widgets/notice';
import { Segmented } from '../../../widgets/segmented';
import { countWords, spanWords } from '../words';
import { BuildPhases, phaseTitle, stateWords } from './build-phases';

interface BuildsViewProps {
  readonly builds: readonly Build[];
  readonly nowNs: number;
  readonly isAlive: boolean;
}

const LEAST = [
  { id: 'info', title: 'All lines', hint: 'Everything that was said' },
  { id: 'warning', title: 'Warnings', hint: 'Warnings and errors' },
  { id: 'error', title: 'Errors', hint: 'Errors only' },
] as const satisfies readonly { id: LineSeverity; title: string; hint: string }[];

const RANK: Readonly<Record<LineSeverity, number>> = { info: 0, warning: 1, error: 2 };
/** Lines of one build that are drawn; the newest of a longer log. */
const LINES_SHOWN_MAX = 1000;

export function BuildsView({ builds, nowNs, isAlive }: BuildsViewProps) {
  const [least, setLeast] = useState<LineSeverity>('info');
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  if (builds.length === 0) {
    return (
      <EmptyState title="No engine told how it was built">
        Run a workload: each engine tells here what it reads, builds, loads and warms up, with its progress and its log.
      </EmptyState>
    );
  }
  const lineCount = builds.reduce((sum, { lines }) => sum + lines.length, 0);
  return (
    <div className="scheduler-builds" data-testid="scheduler-builds" data-item-count={builds.length}>
      <div className="laboratory-row">
        <Segmented label="Lines of the log" options={LEAST} value={least} onChange={setLeast} />
        <span className="laboratory-hint">
          {countWords(builds.length, 'build')}, {countWords(lineCount, 'line')}
          {lineCount >= BUILD_LINES_MAX && ', the newest of the session'}
        </span>
      </div>
      {builds.map((build, index) => {
        // What runs or failed is open at first, and the newest.
        const isOpenAtFirst = index === 0 || build.state === 'failed' || (build.state === 'running' && isAlive);
        return (
          <BuildItem
            key={build.id}
            {...{ build, nowNs, isAlive, least }}
            isOpen={isOpenAtFirst !== toggled.has(build.id)}
            onToggle={(isOpen) =>
              setToggled((before) => {
                const next = new Set(before);
                if (isOpen === isOpenAtFirst) next.delete(build.id);
                else next.add(build.id);
                return next;
              })
            }
          />
        );
      })}
    </div>
  );
}

interface BuildItemProps {
  readonly build: Build;
  readonly nowNs: number;
  readonly isAlive: boolean;
  readonly least: LineSeverity;
  readonly isOpen: boolean;
  readonly onToggle: (isOpen: boolean) => void;
}

function BuildItem({ build, nowNs, isAlive, least, isOpen, onToggle }: BuildItemProps) {
  const { beganNs, endNs, state, phases, lines, failure } = build;
  const counts = { warning: countOf(lines, 'warning'), error: countOf(lines, 'error') };
  const words = stateWords(state, isAlive);
  return (
    <details
      className="scheduler-build"
      open={isOpen}
      data-state={words}
      onToggle={({ currentTarget }) => onToggle(currentTarget.open)}
    >
      <summary>
        <strong>{buildTitle(build)}</strong>
        <span className="scheduler-build-state">{words}</span>
        <span>
          {endNs === undefined && !isAlive ? '' : `${spanWords(beganNs, endNs ?? nowNs)}, `}began at {formatNs(beganNs)}
        </span>
        {counts.error > 0 && <span className="scheduler-line-error">{countWords(counts.error, 'error')}</span>}
        {counts.warning > 0 && <span className="scheduler-line-warning">{countWords(counts.warning, 'warning')}</span>}
      </summary>
      {failure && (
        <Notice
          severity="error"
          sentence={failure.sentence}
          remedy={
            failure.remedy ||
            'The other models go on without it. Mend what the sentence names, then run the workload again.'
          }
        />
      )}
      <BuildPhases phases={phases} nowNs={nowNs} isAlive={isAlive} />
      <Lines lines={lines} beganNs={beganNs} least={least} />
    </details>
  );
}

const countOf = (lines: readonly BuildLine[], severity: LineSeverity) =>
  lines.filter((line) => line.severity === severity).length;

function Lines({
  lines,
  beganNs,
  least,
}: {
  readonly lines: readonly BuildLine[];
  readonly beganNs: number;
  readonly least: LineSeverity;
}) {
  if (lines.length === 0) return <p className="laboratory-hint">It said nothing but its phases.</p>;
  const kept = lines.filter(({ severity }) => RANK[severity] >= RANK[least]);
  if (kept.length === 0)
    return <p className="laboratory-hint">None of its {formatCount(lines.length)} lines is that severe.</p>;
  const leftOutCount = Math.max(0, kept.length - LINES_SHOWN_MAX);
  return (
    <>
      {leftOutCount > 0 && <p className="laboratory-hint">{formatCount(leftOutCount)} older lines are not shown.</p>}
      <ol className="scheduler-lines mono" data-testid="scheduler-build-lines" data-item-count={kept.length}>
        {kept.slice(leftOutCount).map(({ place, timeNs, severity, phase, text }) => (
          <li key={place} data-severity={severity}>
            <span className="muted" title={phaseTitle(phase)}>
              +{spanWords(beganNs, timeNs)}
            </span>{' '}
            {severity !== 'info' && <b>{severity}: </b>}
            {text}
          </li>
        ))}
      </ol>
    </>
  );
}
