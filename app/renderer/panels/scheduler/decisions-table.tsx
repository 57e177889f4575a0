// What the scheduler decided in the range, counted.

import { formatCount } from '../../../../shared/units/format';
import { type DecisionFigures, decisionWords } from '../../model/scheduler/decisions';
import { nsWords } from './words';

export function DecisionsTable({ decisions }: { readonly decisions: readonly DecisionFigures[] }) {
  return (
    <div className="scheduler-table-box">
      <table className="scheduler-table scheduler-decisions" data-testid="scheduler-decisions">
        <caption className="laboratory-hint">What the scheduler decided</caption>
        <thead>
          <tr>
            <th scope="col">Decision</th>
            <th scope="col">Model or source</th>
            <th scope="col">Times</th>
            <th scope="col">Last at</th>
          </tr>
        </thead>
        <tbody>
          {decisions.map((each) => (
            <tr key={`${each.kind} ${each.model} ${each.because}`}>
              <th scope="row">{decisionWords(each)}</th>
              <td>{each.model || '–'}</td>
              <td>{formatCount(each.count)}</td>
              <td>{nsWords(each.lastNs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
