// From a spec to the points that answer it, in the order in which they are measured: ceilings, then at each x the reference and the rest.
// Pure: the same spec and device give the same points with the same numbers.

import type { ExperimentSpec } from '../../shared/rpc/experiment';
import { formatBytes } from '../../shared/units/format';
import { blockSizePoints, ceilingPoints, gemmPoints } from './plan-calls';
import type { DeviceTraits, PointPlan, VariantsOf } from './point';

/**
 * Every point of the experiment. A CPU has one kind of memory, one allocator and no graphs, so it gets no points for the others; what else a
 * device cannot run gets its sentence when it is tried.
 */
export function planPoints(spec: ExperimentSpec, device: DeviceTraits, variantsOf: VariantsOf): PointPlan[] {
  switch (spec.kind) {
    case 'gemm':
      return [...ceilingPoints(device), ...gemmPoints(spec, device, variantsOf)];
    case 'blockSize':
      return [...ceilingPoints(device), ...blockSizePoints(spec)];
    case 'batch':
      return spec.batchSizes.map((images) =>
        plain('network', images, counted(images, 'image'), 'fp32', { kind: 'batch', images }),
      );
    case 'streams':
      return spec.streamCounts.map((streamCount) => {
        const { side, launchCount } = spec;
        return plain('gemm', streamCount, counted(streamCount, 'stream'), 'fp32', {
          kind: 'streams',
          streamCount,
          side,
          launchCount,
        });
      });
    case 'copy':
      if (device.kind === 'cpu') {
        const service = { kind: 'copy', memory: 'pageable', way: 'hostToDevice' } as const;
        return spec.bytes.map((bytes) =>
          plain('memory to memory', bytes, formatBytes(bytes), '', { ...service, bytes }),
        );
      }
      return spec.bytes.flatMap((bytes) =>
        spec.ways.flatMap((way) => {
          // Within the device there is no host memory to choose.
          const memories = way === 'deviceToDevice' ? (['pageable'] as const) : spec.memories;
          return memories.map((memory) => {
            const series = way === 'deviceToDevice' ? way : `${memory} ${way}`;
            return plain(series, bytes, formatBytes(bytes), '', { kind: 'copy', memory, way, bytes });
          });
        }),
      );
    case 'launch':
      return spec.launchCounts.flatMap((launchCount) =>
        (device.kind === 'cpu' ? [false] : [false, true]).map((isGraph) => {
          const series = isGraph ? 'graph' : 'one by one';
          const label = launchCount === 1 ? '1 launch' : `${launchCount} launches`;
          return plain(series, launchCount, label, '', { kind: 'launch', launchCount, isGraph });
        }),
      );
    case 'allocation':
      return spec.bytes.flatMap((bytes) =>
        (device.kind === 'cpu' ? (['device'] as const) : spec.allocators).map((allocator) =>
          plain(allocator, bytes, formatBytes(bytes), '', { kind: 'allocation', allocator, bytes }),
        ),
      );
    case 'kernel':
      return [
        ...ceilingPoints(device),
        ...spec.blockSizes.map((blockSize) =>
          plain(spec.entry ?? spec.fileName, blockSize, counted(blockSize, 'thread'), '', {
            kind: 'compiled',
            blockSize,
          }),
        ),
      ];
  }
}

const counted = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`;

function plain(
  series: string,
  x: number,
  label: string,
  precision: PointPlan['precision'],
  work: PointPlan['work'],
): PointPlan {
  return { role: 'measured', series, x, label, precision, work };
}
