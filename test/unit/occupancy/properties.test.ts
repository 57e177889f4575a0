// What holds for every launch, drawn at random.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LaunchShape } from '../../../shared/occupancy/allocation';
import { deriveGridFit } from '../../../shared/occupancy/grid';
import { COMPUTE_LIMITS } from '../../../shared/occupancy/limits';
import { deriveOccupancy, limitingResources } from '../../../shared/occupancy/occupancy';
import { blockCurve, registerCurve, sharedMemoryCurve } from '../../../shared/occupancy/what-if';

const limits = fc.constantFrom(...COMPUTE_LIMITS);
const shapes: fc.Arbitrary<LaunchShape> = fc.record(
  {
    threadsPerBlock: fc.integer({ min: 1, max: 1100 }),
    registersPerThread: fc.integer({ min: 0, max: 260 }),
    staticSharedBytes: fc.integer({ min: 0, max: 50_000 }),
    dynamicSharedBytes: fc.integer({ min: 0, max: 240_000 }),
    carveoutPercent: fc.integer({ min: 0, max: 100 }),
    blockBarrierCount: fc.integer({ min: 0, max: 17 }),
  },
  { requiredKeys: ['threadsPerBlock', 'registersPerThread', 'staticSharedBytes', 'dynamicSharedBytes'] },
);
const holds = (property: (limit: (typeof COMPUTE_LIMITS)[number], shape: LaunchShape) => void) =>
  fc.assert(fc.property(limits, shapes, property), { numRuns: 2000 });

describe('of every launch', () => {
  test('no block exactly when there is a reason, and then some resource allows none', () => {
    holds((limit, shape) => {
      const occupancy = deriveOccupancy(limit, shape);
      expect(occupancy.blocksPerSm === 0).toBe(occupancy.impossible !== undefined);
      const isNoneAllowed = occupancy.limiters.some(({ blocksPerSm }) => blocksPerSm === 0);
      expect(isNoneAllowed).toBe(occupancy.impossible !== undefined);
    });
  });

  test('what it takes fits into what there is', () => {
    holds((limit, shape) => {
      const occupancy = deriveOccupancy(limit, shape);
      const { blocksPerSm, registersPerBlockAllocated, sharedBytesPerBlockAllocated } = occupancy;
      expect(occupancy.activeWarps).toBeLessThanOrEqual(occupancy.warpsMax);
      expect(blocksPerSm * registersPerBlockAllocated).toBeLessThanOrEqual(limit.registersPerSm);
      expect(blocksPerSm * sharedBytesPerBlockAllocated).toBeLessThanOrEqual(occupancy.carveoutBytes);
      expect(occupancy.carveoutBytes).toBeLessThanOrEqual(limit.sharedBytesPerSm);
      expect(limitingResources(occupancy)).not.toEqual([]);
    });
  });

  test('more of anything never holds more blocks', () => {
    const grown: readonly (keyof LaunchShape)[] = [
      'threadsPerBlock',
      'registersPerThread',
      'staticSharedBytes',
      'dynamicSharedBytes',
      'blockBarrierCount',
    ];
    // A larger block may move the carve-out up, and so more blocks in; only a free carve-out is monotonic.
    fc.assert(
      fc.property(
        limits,
        shapes,
        fc.constantFrom(...grown),
        fc.integer({ min: 1, max: 300 }),
        (limit, drawn, key, by) => {
          const shape = { ...drawn, carveoutPercent: undefined };
          const larger = { ...shape, [key]: (shape[key] ?? 0) + by };
          expect(deriveOccupancy(limit, larger).blocksPerSm).toBeLessThanOrEqual(
            deriveOccupancy(limit, shape).blocksPerSm,
          );
        },
      ),
      { numRuns: 4000 },
    );
  });

  test('a larger carve-out never holds fewer', () => {
    fc.assert(
      fc.property(
        limits,
        shapes,
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 0, max: 100 }),
        (limit, shape, a, b) => {
          // Below one block the preference gives way, so that the smaller one may end up the same, never larger.
          const blocks = (carveoutPercent: number) => deriveOccupancy(limit, { ...shape, carveoutPercent }).blocksPerSm;
          expect(blocks(Math.max(a, b))).toBeGreaterThanOrEqual(blocks(Math.min(a, b)));
        },
      ),
      { numRuns: 2000 },
    );
  });
});

test('a curve goes through the launch it was drawn for', () => {
  holds((limit, drawn) => {
    const shape = { ...drawn, registersPerThread: Math.min(255, Math.max(1, drawn.registersPerThread)) };
    const blocks = deriveOccupancy(limit, shape).blocksPerSm;
    const here = registerCurve(limit, shape).find(({ value }) => value === shape.registersPerThread);
    expect(here?.blocksPerSm).toBe(blocks);
  });
});

test('curves over registers and shared memory only fall; impossible points name no limiter', () => {
  fc.assert(
    fc.property(limits, shapes, (limit, drawn) => {
      const shape = { ...drawn, carveoutPercent: undefined };
      for (const curve of [registerCurve(limit, shape), sharedMemoryCurve(limit, shape)]) {
        for (let i = 1; i < curve.length; i++) {
          expect(curve[i].blocksPerSm).toBeLessThanOrEqual(curve[i - 1].blocksPerSm);
        }
      }
      for (const { blocksPerSm, limiting } of blockCurve(limit, shape))
        expect(limiting.length > 0).toBe(blocksPerSm > 0);
    }),
    { numRuns: 50 },
  );
});

test('waves hold all blocks and no more places than needed', () => {
  const count = fc.integer({ min: 1, max: 100_000 });
  fc.assert(
    fc.property(count, fc.integer({ min: 1, max: 32 }), fc.integer({ min: 1, max: 200 }), (blocks, perSm, sms) => {
      const fit = deriveGridFit(blocks, perSm, sms);
      expect(fit.fullWaveCount * fit.blocksPerWave + fit.tailBlockCount).toBe(blocks);
      expect(fit.usedRatio).toBeGreaterThan(0);
      expect(fit.usedRatio).toBeLessThanOrEqual(1);
      expect(fit.tailIdleSmCount).toBeLessThan(sms);
    }),
  );
});
