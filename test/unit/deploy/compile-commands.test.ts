import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { addonSources, collectorSources, planAddon, planCollector } from '../../../app/host/deploy/compile-commands';

const root = path.resolve(import.meta.dirname, '../../..');
const filesOf = (folder: string) =>
  (readdirSync(path.join(root, folder), { recursive: true }) as string[]).map((name) => `${folder}/${name}`);
const paths = [...filesOf('native'), ...filesOf('kernels'), 'headers/napi.h', 'headers/node_api.h'];
const cmake = (folder: string) => readFileSync(path.join(root, folder, 'CMakeLists.txt'), 'utf8');
const sorted = (words: Iterable<string>) => [...words].sort();
const compilers = { compiler: '/usr/bin/g++', nvcc: undefined, nvccVersion: '' };

/** TENSORRT_NEUTRAL_SOURCES or TENSORRT_10_SOURCES of CMake. */
function tensorrtSources(part: string): string[] {
  const text = readFileSync(path.join(root, 'native/tensorrt/sources.cmake'), 'utf8');
  const [, listed = ''] = new RegExp(`set\\(TENSORRT_${part}_SOURCES([^)]*)`).exec(text) ?? [];
  return [...listed.matchAll(/LIST_DIR\}\/([\w/]+\.cc)/g)].map(([, name]) => `native/tensorrt/${name}`);
}

test('the collector is built from the sources and with the flags that CMake has', () => {
  const text = cmake('native/collector');
  const listed = [...text.matchAll(/(\S+\.cc)\b/g)].map(([, name]) => path.join('native/collector', name));
  expect(sorted(collectorSources(paths))).toEqual(sorted(new Set(listed)));
  const { link, steps } = planCollector(paths, compilers);
  for (const option of text.matchAll(/LINKER:([\w-]+)/g)) expect(link.command).toContain(option[1]);
  expect(steps.find(({ label }) => label.endsWith('/rows.cc'))?.command).toBe(
    '/usr/bin/g++ -std=c++17 -DNDEBUG -O2 -fPIC -fvisibility=hidden -fvisibility-inlines-hidden -Inative -c native/collector/rows.cc -o build/native-collector-rows.cc.o',
  );
});

test('the addon is built from the sources that CMake has, with and without CUDA', () => {
  const text = cmake('native/addon');
  const always = /add_library\(hookanalyzer MODULE([^)]*)/.exec(text)?.[1] ?? '';
  const withCuda = /target_sources\(hookanalyzer PRIVATE([^)]*)/.exec(text)?.[1] ?? '';
  const listed = (block: string) =>
    [...block.matchAll(/(\S+\.(?:cc|cu))\b/g)].map(([, name]) =>
      name.startsWith('${REPOSITORY}/') ? name.slice('${REPOSITORY}/'.length) : path.join('native/addon', name),
    );
  expect(listed(withCuda)).toContain('kernels/gemm/gemm_tile.cu');
  const tensorrt = tensorrtSources('NEUTRAL');
  expect(tensorrt).toHaveLength(4);
  expect(sorted(addonSources(paths, true))).toEqual(sorted([...listed(always), ...tensorrt, ...listed(withCuda)]));
  expect(sorted(addonSources(paths, false))).toEqual(sorted([...listed(always), ...tensorrt]));
  const defines = /target_compile_definitions\(hookanalyzer PRIVATE ([^)]+)\)/.exec(text)?.[1].split(' ') ?? [];
  expect(defines).toHaveLength(2);
  for (const define of defines) expect(planAddon(paths, compilers)?.steps[0].command).toContain(`-D${define}`);
});

test('with the headers of TensorRT 10 the addon gets its adapter, with the defines and folders that CMake has', () => {
  const adapter = tensorrtSources('10');
  expect(adapter.length).toBeGreaterThan(4);
  const without = addonSources(paths, false);
  expect(sorted(addonSources(paths, false, 10))).toEqual(sorted([...without, ...adapter]));
  expect(sorted(addonSources(paths, true, 10))).toEqual(sorted([...addonSources(paths, true), ...adapter]));
  for (const major of [8, 11]) expect(addonSources(paths, false, major)).toEqual(without);
  const text = cmake('native/tensorrt');
  const define = /target_compile_definitions\(hka_tensorrt PRIVATE (\S+)\)/.exec(text)?.[1];
  const headers = { include: '/opt/tensorrt/include', cudaInclude: '/usr/local/cuda/include', major: 10 };
  const stepsWith = (tensorrt: typeof headers, nvcc?: string) =>
    planAddon(paths, { ...compilers, nvcc, tensorrt })?.steps ?? [];
  for (const steps of [stepsWith(headers), stepsWith(headers, '/usr/local/cuda/bin/nvcc')]) {
    const having = (word: string) =>
      sorted(steps.flatMap(({ label, command }) => (command.includes(word) ? label : [])));
    expect(having(`-D${define}`)).toEqual(sorted([...tensorrtSources('NEUTRAL'), ...adapter]));
    expect(having('-isystem /opt/tensorrt/include -isystem /usr/local/cuda/include')).toEqual(sorted(adapter));
  }
  // Where Debian's packages put them the compiler looks anyway.
  const debian = stepsWith({ ...headers, include: '/usr/include/aarch64-linux-gnu' });
  expect(debian.some(({ command }) => command.includes('-isystem /usr/include'))).toBe(false);
  expect(debian.find(({ label }) => label.endsWith('v10/lane.cc'))?.command).toContain(
    '-isystem /usr/local/cuda/include',
  );
  // JetPack 5 has TensorRT 8.5: the neutral part alone.
  expect(stepsWith({ ...headers, major: 8 }).some(({ command }) => /HAVE_TENSORRT|v10/.test(command))).toBe(false);
});

test('nvcc compiles what needs it, for Orin, and from CUDA 11.8 on for Hopper too', () => {
  const planWith = (release: string) =>
    planAddon(paths, {
      ...compilers,
      nvcc: '/usr/local/cuda/bin/nvcc',
      nvccVersion: `Cuda tools, release ${release}, V1`,
    });
  const programs = planWith('12.6')?.steps.filter(({ command }) => command.startsWith('/usr/local/cuda/bin/nvcc'));
  // Every file that includes CUDA's headers, on its own or through the launchers of the kernels, and no other.
  const needing = addonSources(paths, true).filter((name) => {
    if (name.startsWith('kernels/') || name.endsWith('.cu')) return true;
    if (/\/cuda\/(?:compiler|counters)\//.test(name)) return true; // compiled with the rest of their folder
    return /HAVE_CUDA|addon\/cuda\/cuda_(?:device|timer)\.h|cuda_runtime_api\.h|addon\/cuda\/cublas_library\.h/.test(
      readFileSync(path.join(root, name), 'utf8'),
    );
  });
  expect(sorted(programs?.map(({ label }) => label.split(' ').at(-1)!) ?? [])).toEqual(sorted(needing));
  const architecturesOf = (release: string) => {
    const step = planWith(release)?.steps.find(({ label }) => label.endsWith('copy.cu'));
    return [...(step?.command ?? '').matchAll(/arch=compute_(\d+)/g)].map(([, architecture]) => architecture);
  };
  expect(['11.4', '11.8', '12.6'].map(architecturesOf)).toEqual([['87'], ['87', '90'], ['87', '90']]);
});

test('without the headers of Node-API there is no plan for the addon', () => {
  expect(
    planAddon(
      paths.filter((name) => !name.startsWith('headers/')),
      compilers,
    ),
  ).toBeUndefined();
});
