// Compiles the test programs of the kit with nvcc into the working folder. Some are built from sources of native/ too, which the kit carries.

import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Kit } from './bed';

const COMPILER = [
  'native/addon/cuda/compiler',
  'native/addon/cuda/primary_context.cc',
  'native/addon/demangle.cc',
  'native/toolkit',
];

// Files, and folders of which every .cc is taken, below the kit's sources/.
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  counters_check: [
    'native/addon/cuda/counters',
    'native/addon/cuda/primary_context.cc',
    'native/collector/cupti_library.cc',
    'native/collector/environment.cc',
    'native/collector/preflight.cc',
    'native/toolkit',
  ],
  compile_check: COMPILER,
  compiler_check: COMPILER,
};

function sourceFiles(root: string, places: readonly string[]): string[] {
  return places.flatMap((place) => {
    if (place.endsWith('.cc')) return [join(root, place)];
    const names = readdirSync(join(root, place)).filter((name) => name.endsWith('.cc'));
    return names.map((name) => join(root, place, name));
  });
}

export function preparePrograms({ kit, work }: Kit): void {
  cpSync(join(kit, 'programs'), work, { recursive: true });
  for (const file of readdirSync(join(kit, 'programs')).filter((name) => name.endsWith('.cu'))) {
    const name = file.replace('.cu', '');
    const args = ['-O2', '-arch=native', '-o', join(work, name), join(kit, 'programs', file), '-ldl'];
    if (SOURCES[name]) {
      const root = join(kit, 'sources');
      // Static, because demangle.cc needs a function that the shared libstdc++ does not export.
      args.push('-std=c++17', '-Xcompiler', '-static-libstdc++', `-I${join(root, 'native')}`, `-I${root}`);
      args.push(...sourceFiles(root, SOURCES[name]));
    }
    const made = spawnSync('nvcc', args, { stdio: 'inherit' });
    if (made.status !== 0) throw new Error(`nvcc could not compile ${file}`);
  }
}
