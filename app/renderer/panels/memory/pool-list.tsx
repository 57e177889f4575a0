// Memory pools (cudaMallocAsync) at the moment that the map shows.

import { formatBytes, formatCount } from '../../../../shared/units/format';
import type { PoolRow } from '../../worker/memory-methods';
import { hexAddress } from './memory-words';

/** Memory pools of the moment. */
export function PoolList({
  pools,
  labels,
}: {
  readonly pools: readonly PoolRow[];
  readonly labels: readonly string[];
}) {
  if (pools.length === 0) return undefined;
  return (
    <section aria-label="Memory pools" data-testid="memory-pools">
      <h3>Pools</h3>
      <table className="memory-pools">
        <thead>
          <tr>
            <th scope="col">Pool</th>
            <th scope="col">Used</th>
            <th scope="col">Blocks</th>
          </tr>
        </thead>
        <tbody>
          {pools.map(({ space, address, usedBytes, liveBytes, liveCount }) => (
            <tr key={`${space} ${address}`} title={`${labels[space]}; ${formatBytes(liveBytes)} in live blocks`}>
              <td>{address === 0 ? 'not named' : hexAddress(address)}</td>
              <td>{formatBytes(usedBytes)}</td>
              <td>{formatCount(liveCount)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
