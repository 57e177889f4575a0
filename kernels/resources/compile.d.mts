// Types of compile.mjs, for the tests.

import type { PtxasKernel } from './ptxas.mjs';

export interface CompiledKernel extends Omit<PtxasKernel, 'mangledName'> {
  readonly name: string;
  readonly signature: string;
}

export function nvccVersion(): string | undefined;
export function kernelsOf(text: string): CompiledKernel[];
export function compileKernels(
  root: string,
  path: string,
  architecture: string,
  work: string,
): Promise<CompiledKernel[]>;
