// What ptxas said of our kernels when they were compiled for a board: registers and shared memory, kept with the kernels.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { failure } from '../../../shared/util/failure';
import { fileFailure } from '../session/file-failure';

/** The text of kernels/resources/sm_87.json for '8.7'. `root` is the installation's. Throws FailureError where there is none. */
export function readKernelResources(root: string, computeCapability: string): string {
  const path = join(root, 'kernels', 'resources', `sm_${computeCapability.replace('.', '')}.json`);
  if (!existsSync(path)) {
    throw failure(
      'noKernelResources',
      `This installation does not know what our kernels use on compute capability ${computeCapability}: there is no ${path}.`,
      'Get the kernels folder whole, as it is in the repository; predictions are left out until then.',
    );
  }
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw fileFailure(error, path, 'read');
  }
}
