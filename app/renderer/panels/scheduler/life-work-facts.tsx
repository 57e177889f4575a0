// What a request's batch was for the device, in numbers, or one sentence about why nothing is known.

import { formatCount, formatNs } from '../../../../shared/units/format';
import type { LifeWork, SlowKernel } from '../../model/scheduler/life-work';
import { percentWords } from './words';

export function LifeWorkFacts({ work }: { readonly work: LifeWork }) {
  const { kernelCount, copyCount, deviceNs, idleNs, slowest, absence } = work;
  if (absence !== '') {
    return (
      <div className="scheduler-work-absence">
        <h4>On the device</h4>
        <p data-testid="scheduler-work-absence">{absence}</p>
      </div>
    );
  }
  return (
    <div>
      <h4>On the device</h4>
      <dl data-testid="scheduler-work-facts">
        <div>
          <dt>Kernels</dt>
          <dd>{formatCount(kernelCount)}</dd>
        </div>
        <div>
          <dt>Copies and fills</dt>
          <dd>{formatCount(copyCount)}</dd>
        </div>
        <div>
          <dt>Device time</dt>
          <dd>{formatNs(deviceNs)}</dd>
        </div>
        <div>
          <dt>Idle between kernels</dt>
          <dd>
            {formatNs(idleNs)}
            {deviceNs + idleNs > 0 ? ` (${percentWords(idleNs / (deviceNs + idleNs))})` : ''}
          </dd>
        </div>
      </dl>
      {slowest && <Slowest slowest={slowest} />}
    </div>
  );
}

function Slowest({ slowest: { kernel, usualNs, batchCount } }: { readonly slowest: SlowKernel }) {
  return (
    <p className="scheduler-slowest" data-testid="scheduler-slowest">
      {usualNs === undefined ? 'Longest kernel ' : 'Slowest kernel '}
      <b className="mono" title={kernel.name}>
        {kernel.base}
      </b>
      : {formatNs(kernel.durationNs)}
      {usualNs !== undefined && usualNs > 0
        ? `, ${(kernel.durationNs / usualNs).toFixed(2)} × its median of ${formatNs(usualNs)} in ${batchCount} other batches of this model and size`
        : ''}
    </p>
  );
}
