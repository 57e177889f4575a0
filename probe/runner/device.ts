import { failure } from '../../shared/util/failure';
import type { NativeAddon } from './addon';
import type { DeviceChoice } from './arguments';

/** Compute capability × 10 of the oldest GPU that has code in the addon: the first architecture in native/addon/CMakeLists.txt. */
const COMPUTE_MIN = 87;

/** Where to run. Throws a FailureError when a GPU was asked for and cannot be had. */
export function chooseDevice(addon: NativeAddon, choice: DeviceChoice): 'cpu' | 'cuda' {
  if (choice === 'cpu') return 'cpu';
  if (!addon.hasCudaKernels) {
    if (choice === 'auto') return 'cpu';
    const remedy = 'Install the CUDA toolkit, build the native parts again, or use --device cpu.';
    throw failure('noCudaKernels', 'The CUDA kernels were not built, because no nvcc was found.', remedy);
  }
  const { devices, reason } = addon.cudaDevices();
  // Asked for by name, an older GPU is tried all the same: the addon may have been built for it.
  const isReady = devices.some(({ computeMajor, computeMinor }) => computeMajor * 10 + computeMinor >= COMPUTE_MIN);
  if (choice === 'auto') return isReady ? 'cuda' : 'cpu';
  if (devices.length > 0) return 'cuda';
  throw failure('noCudaDevice', reason, 'Run it on a machine with an NVIDIA GPU and its driver, or use --device cpu.');
}
