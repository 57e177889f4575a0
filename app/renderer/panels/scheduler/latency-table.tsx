// Latency and deadlines by model and priority, as figures.

import { formatCount } from '../../../../shared/units/format';
import { NS_PER_SEC } from '../../../../shared/units/units';
import { seriesColor } from '../../charts/chart-colors';
import type { LatencyFigures } from '../../model/scheduler/latency';
import type { DepthSeries } from '../../model/scheduler/queue-depth';
import type { Range } from '../../model/scheduler/range';
import { IN_TIME_RATIO_LOW, nsWords, percentWords } from './words';

interface LatencyTableProps {
  readonly figures: readonly LatencyFigures[];
  readonly range: Range;
  readonly depths: readonly DepthSeries[];
}

export function LatencyTable({ figures, range, depths }: LatencyTableProps) {
  const sec = (range.toNs - range.fromNs) / NS_PER_SEC;
  return (
    <div className="scheduler-table-box">
      <table className="scheduler-table" data-testid="scheduler-figures">
        <caption className="laboratory-hint">Latency from arrival to answer, in the range that is shown</caption>
        <thead>
          <tr>
            <th scope="col">Model</th>
            <th scope="col">Priority</th>
            <th scope="col">Requests</th>
            <th scope="col" title="Requests in the queue at the end of the range">
              Waiting
            </th>
            <th scope="col">Per second</th>
            <th scope="col">p50</th>
            <th scope="col">p90</th>
            <th scope="col">p99</th>
            <th scope="col">Deadline</th>
            <th scope="col" title="Share answered within the deadline">
              In time (SLA)
            </th>
            <th scope="col">Rejected</th>
            <th scope="col">Failed</th>
          </tr>
        </thead>
        <tbody>
          {figures.map((each) => (
            <tr key={`${each.level.model} ${each.level.priority}`}>
              <th scope="row">
                <span className="scheduler-swatch" style={{ background: seriesColor(each.place) }} />
                {each.level.model}
              </th>
              <td>{each.level.priority}</td>
              <td>{formatCount(each.requestCount)}</td>
              <td>{formatCount(depths.find(({ place }) => place === each.place)?.lastDepth ?? 0)}</td>
              <td>{(each.requestCount / sec).toFixed(1)}</td>
              <td>{nsWords(each.p50Ns)}</td>
              <td>{nsWords(each.p90Ns)}</td>
              <td data-is-bad={each.p99Ns > each.deadlineNs}>{nsWords(each.p99Ns)}</td>
              <td>{nsWords(each.deadlineNs)}</td>
              <td data-is-bad={each.inTimeRatio < IN_TIME_RATIO_LOW}>{percentWords(each.inTimeRatio)}</td>
              <td data-is-bad={each.rejectedCount > 0}>{formatCount(each.rejectedCount)}</td>
              <td data-is-bad={each.failedCount > 0}>{formatCount(each.failedCount)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
