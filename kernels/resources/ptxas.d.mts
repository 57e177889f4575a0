// Types of ptxas.mjs, for the tests.

export interface PtxasKernel {
  readonly mangledName: string;
  readonly registersPerThread: number;
  readonly staticSharedBytes: number;
  readonly blockBarrierCount: number;
  readonly stackBytes: number;
  readonly spillStoreBytes: number;
  readonly spillLoadBytes: number;
  readonly constantBytes: number;
}

export function parsePtxas(text: string): PtxasKernel[];
export function launchName(signature: string): string;
