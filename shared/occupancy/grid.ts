// A grid on a whole device: waves, and how empty the last one is.
//
//   10 blocks, 2 SMs of 2 blocks:   wave 1 ████   wave 2 ████   wave 3 ██··     2.5 waves; 10 of 12 places used

export interface GridFit {
  readonly blockCount: number;
  readonly blocksPerWave: number;
  /** blockCount / blocksPerWave; zero when no block can be launched. */
  readonly waves: number;
  readonly fullWaveCount: number;
  /** Blocks of the wave that is not full; zero when all are. */
  readonly tailBlockCount: number;
  /** SMs with nothing to do while the last wave runs, its blocks spread over as many SMs as there are. */
  readonly tailIdleSmCount: number;
  /** Used places of all waves, 0 to 1: how much of the device the grid keeps busy if all blocks take equally long. */
  readonly usedRatio: number;
}

/** `blockCount` blocks on `smCount` SMs that hold `blocksPerSm` each. All whole numbers, zero or more. */
export function deriveGridFit(blockCount: number, blocksPerSm: number, smCount: number): GridFit {
  const blocksPerWave = blocksPerSm * smCount;
  if (blocksPerWave === 0 || blockCount === 0) {
    return {
      blockCount,
      blocksPerWave,
      waves: 0,
      fullWaveCount: 0,
      tailBlockCount: 0,
      tailIdleSmCount: 0,
      usedRatio: 0,
    };
  }
  const waves = blockCount / blocksPerWave;
  const tailBlockCount = blockCount % blocksPerWave;
  return {
    blockCount,
    blocksPerWave,
    waves,
    fullWaveCount: Math.floor(blockCount / blocksPerWave),
    tailBlockCount,
    tailIdleSmCount: tailBlockCount === 0 ? 0 : Math.max(0, smCount - tailBlockCount),
    usedRatio: waves / Math.ceil(waves),
  };
}
