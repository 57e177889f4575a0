// The native tests, built once a kind into out/.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');

export type Sanitizer = '' | 'address' | 'thread';

export interface NativeTests {
  readonly collector: string;
  readonly cupti: string;
  readonly target: string;
  readonly countersProgram: string;
  readonly countersCupti: string;
  /** The folder with a libcuda.so.1, for LD_LIBRARY_PATH. */
  readonly driverFolder: string;
  readonly halfBits: string;
  readonly compileCheck: string;
}

/** Builds what is out of date. Throws with the compiler's words. */
export function buildNativeTests(sanitizer: Sanitizer): NativeTests {
  const folder = join(root, 'out', `native-tests${sanitizer ? `-${sanitizer}` : ''}`);
  const options = ['-DWITH_ADDON=OFF', '-DWITH_TESTS=ON', `-DSANITIZE=${sanitizer}`];
  const run = (args: string[]) => {
    try {
      execFileSync('cmake', args, { stdio: 'pipe' });
    } catch (error) {
      throw new Error(
        `cmake ${args.join(' ')}\n${(error as { stdout: Buffer }).stdout}${(error as { stderr: Buffer }).stderr}`,
      );
    }
  };
  run(['-S', join(root, 'native'), '-B', folder, ...options]);
  run(['--build', folder, '--parallel', '2']);
  return {
    collector: join(folder, 'lib', 'libhookcollector.so'),
    cupti: join(folder, 'lib', 'libfake_cupti.so'),
    target: join(folder, 'bin', 'fake_target'),
    countersProgram: join(folder, 'bin', 'counters_program'),
    countersCupti: join(folder, 'lib', 'libfake_counters.so'),
    driverFolder: join(folder, 'driver'),
    halfBits: join(folder, 'bin', 'half_bits_test'),
    compileCheck: join(folder, 'bin', 'compile_check'),
  };
}
