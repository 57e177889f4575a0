// A/B: what each version of a model was given and how it did; while a workload runs, the shares can be moved and a version taken back.

import { useMemo, useState } from 'react';
import type { WorkloadChange } from '../../../../shared/rpc/workload-control';
import { formatCount, formatNs } from '../../../../shared/units/format';
import { canServe, type VersionFigures, versionEventsOf, versionsOf } from '../../model/scheduler/versions';
import { Button } from '../../widgets/button';
import { EmptyState } from '../../widgets/empty-state';
import type { SchedulerView } from './views';
import { IN_TIME_RATIO_LOW, nsWords, percentWords } from './words';

interface VersionsViewProps extends Pick<SchedulerView, 'rows'> {
  /** Why shares cannot be moved now; undefined when they can. */
  readonly obstacle: string | undefined;
  readonly onChange: (change: WorkloadChange) => void;
}

export function VersionsView({ rows, obstacle, onChange }: VersionsViewProps) {
  const versions = useMemo(() => versionsOf(rows.tables.versions), [rows.tables.versions]);
  const events = useMemo(() => versionEventsOf(rows.tables.events), [rows.tables.events]);
  if (versions.length === 0) {
    return (
      <EmptyState title="No version answered in this range">
        The workload “A/B rollout” shares the requests of a model between two versions.
      </EmptyState>
    );
  }
  const shared = [...new Set(versions.map(({ model }) => model))]
    .map((model) => ({ model, own: versions.filter((each) => each.model === model && canServe(each)) }))
    .filter(({ own }) => own.length > 1);
  return (
    <div className="scheduler-view" data-testid="scheduler-versions">
      <div className="scheduler-table-box">
        <table className="scheduler-table">
          <thead>
            <tr>
              <th scope="col">Model</th>
              <th scope="col">Version</th>
              <th scope="col">State</th>
              <th scope="col">Share</th>
              <th scope="col">Requests</th>
              <th scope="col">p50</th>
              <th scope="col">p99</th>
              <th scope="col">In time</th>
              <th scope="col">Failed</th>
              {obstacle === undefined && <th scope="col">Change</th>}
            </tr>
          </thead>
          <tbody>
            {versions.map((each) => (
              <tr key={`${each.model} ${each.version}`}>
                <th scope="row">{each.model}</th>
                <td>{each.version}</td>
                <td>{each.state || 'run is over'}</td>
                <td>{percentWords(each.shareRatio)}</td>
                <td>{formatCount(each.requestCount)}</td>
                <td>{nsWords(each.p50Ns)}</td>
                <td>{nsWords(each.p99Ns)}</td>
                <td data-is-bad={each.inTimeRatio < IN_TIME_RATIO_LOW}>{percentWords(each.inTimeRatio)}</td>
                <td data-is-bad={each.failedRatio > 0}>{percentWords(each.failedRatio)}</td>
                {obstacle === undefined && (
                  <td>
                    <VersionChange version={each} onChange={onChange} />
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {shared.length === 0 && (
        <p className="laboratory-hint">
          No model has two versions that serve now: there is no traffic to share. The workload “A/B rollout” has two.
        </p>
      )}
      {shared.map(({ model, own }) => (
        <Traffic key={model} model={model} versions={own} obstacle={obstacle} onChange={onChange} />
      ))}
      {events.length > 0 && (
        <section aria-label="What happened to versions">
          <h3>What happened</h3>
          <ul className="scheduler-events">
            {events.map(({ timeNs, model, version, state }) => (
              <li key={`${timeNs} ${model} ${version} ${state}`}>
                <span className="muted">{formatNs(timeNs)}</span> {model} {version}: {state}
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

interface VersionChangeProps {
  readonly version: VersionFigures;
  readonly onChange: (change: WorkloadChange) => void;
}

/** What can be done with a version of the workload that runs: one that is up may take all requests, one that went may be loaded again. */
function VersionChange({ version: each, onChange }: VersionChangeProps) {
  const { model, version, state } = each;
  const change = (kind: 'swap' | 'load') => onChange({ kind, model, version });
  if (canServe(each)) {
    return (
      <Button
        onClick={() => change('swap')}
        title="All requests go to it; the others are drained, after its probation where the workload has a rule"
        aria-label={`Swap ${model} to version ${version}`}
      >
        Swap to it
      </Button>
    );
  }
  if (!HAS_GONE.test(state)) return '–';
  return (
    <Button onClick={() => change('load')} aria-label={`Load version ${version} of ${model}`}>
      Load
    </Button>
  );
}

const HAS_GONE = /^(ended|failed)/;

interface TrafficProps {
  readonly model: string;
  readonly versions: readonly VersionFigures[];
  readonly obstacle: string | undefined;
  readonly onChange: (change: WorkloadChange) => void;
}

/** A slider a version. Only their ratio counts. Until one is moved they follow the shares of the requests; then all stay where they are. */
function Traffic({ model, versions, obstacle, onChange }: TrafficProps) {
  const [moved, setMoved] = useState<Readonly<Record<string, number>>>({});
  const weightOf = ({ version, shareRatio }: VersionFigures) => moved[version] ?? Math.round(shareRatio * 100);
  const total = versions.reduce((sum, each) => sum + weightOf(each), 0);
  const weights = Object.fromEntries(versions.map((each) => [each.version, weightOf(each)]));
  return (
    <fieldset className="scheduler-traffic" disabled={obstacle !== undefined} data-testid="scheduler-traffic">
      <legend>Traffic of {model}</legend>
      {versions.map((each) => (
        <label key={each.version}>
          <span>Version {each.version}</span>
          <input
            type="range"
            min={0}
            max={100}
            value={weightOf(each)}
            aria-valuetext={percentWords(weightOf(each) / Math.max(1, total))}
            onChange={({ target }) => setMoved({ ...weights, [each.version]: Number(target.value) })}
          />
          <span className="scheduler-number">{percentWords(weightOf(each) / Math.max(1, total))}</span>
        </label>
      ))}
      {obstacle !== undefined && <p className="laboratory-hint">{obstacle}</p>}
      <div className="laboratory-row">
        <Button
          disabled={obstacle !== undefined || total === 0}
          onClick={() => onChange({ kind: 'traffic', model, weights })}
          data-testid="scheduler-traffic-apply"
        >
          Route so
        </Button>
        <Button
          disabled={obstacle !== undefined}
          onClick={() => {
            setMoved({});
            onChange({ kind: 'roll-back', model });
          }}
        >
          Roll back
        </Button>
      </div>
    </fieldset>
  );
}
