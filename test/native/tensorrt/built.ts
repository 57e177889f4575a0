// The TensorRT adapter and the fake TensorRT, built once a kind into out/.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Sanitizer } from '../built';

const root = join(__dirname, '..', '..', '..');

export interface TensorrtTests {
  /** Drives the adapter by words. */
  readonly program: string;
  /** The same without an adapter for any major. */
  readonly stubProgram: string;
  /** For Node, with createTensorrt. Not there under a sanitizer. */
  readonly addon: string;
  /** With a fake TensorRT 10 and a fake driver, for LD_LIBRARY_PATH. */
  readonly libraries: string;
  /** With a TensorRT 8 alone. */
  readonly oldLibraries: string;
}

/** Builds what is out of date. Throws with the compiler's words. */
export function buildTensorrtTests(sanitizer: Sanitizer): TensorrtTests {
  const folder = join(root, 'out', `native-tests${sanitizer ? `-${sanitizer}` : ''}`);
  const options = ['-DWITH_ADDON=OFF', '-DWITH_TESTS=ON', `-DSANITIZE=${sanitizer}`];
  const run = (args: string[]) => {
    try {
      execFileSync('cmake', args, { stdio: 'pipe' });
    } catch (error) {
      const { stdout, stderr } = error as { stdout: Buffer; stderr: Buffer };
      throw new Error(`cmake ${args.join(' ')}\n${stdout}${stderr}`);
    }
  };
  run(['-S', join(root, 'native'), '-B', folder, ...options]);
  run(['--build', folder, '--parallel', '2', '--target', 'tensorrt_tests']);
  return {
    program: join(folder, 'bin', 'tensorrt_program'),
    stubProgram: join(folder, 'bin', 'tensorrt_stub_program'),
    addon: join(folder, 'lib', 'tensorrt_addon.node'),
    libraries: join(folder, 'tensorrt'),
    oldLibraries: join(folder, 'tensorrt8'),
  };
}
