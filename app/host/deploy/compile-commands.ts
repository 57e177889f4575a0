// How the native parts are built without CMake: the same sources and flags as the CMake files of native/, less the warnings, which are for
// whoever writes the code. A unit test compares the sources with those files.

import { ADDON_FILE, COLLECTOR_FILE, HEADERS_FOLDER } from './bundle';
import { quoteWord } from './remote-shell';

export interface CompileStep {
  /** The source that it compiles, for people. */
  readonly label: string;
  readonly command: string;
}

/** To be run in the version's folder: the steps in any order, then the link. */
export interface BuildPlan {
  readonly steps: readonly CompileStep[];
  readonly link: CompileStep;
  /** What the link writes. */
  readonly output: string;
}

export interface Compilers {
  readonly compiler: string;
  /** With it the addon gets the CUDA kernels. */
  readonly nvcc: string | undefined;
  /** The release line of nvcc --version. */
  readonly nvccVersion: string;
  /** With it the addon drives TensorRT: folders of NvInfer.h and of cuda_runtime_api.h, and the major of the headers. */
  readonly tensorrt?: { readonly include: string; readonly cudaInclude: string; readonly major: number };
}

const BUILD_FOLDER = 'build';
const COMMON = '-std=c++17 -DNDEBUG';
const SHARED = ['-fPIC', '-fvisibility=hidden', '-fvisibility-inlines-hidden'];
const STATIC_RUNTIME = ['-static-libstdc++', '-static-libgcc'];
const ADDON_DEFINES =
  '-DNAPI_VERSION=8 -DNODE_ADDON_API_CPP_EXCEPTIONS_ALL -DNODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS -DBUILDING_NODE_EXTENSION';

function objectOf(source: string): string {
  return `${BUILD_FOLDER}/${source.replaceAll('/', '-')}.o`;
}

function plan(file: string, sources: readonly string[], compile: (source: string) => string, link: string): BuildPlan {
  const output = `${BUILD_FOLDER}/${file}`;
  const steps = sources.map((label) => ({ label, command: `${compile(label)} -c ${label} -o ${objectOf(label)}` }));
  return { steps, output, link: { label: file, command: `${link} -o ${output} ${sources.map(objectOf).join(' ')}` } };
}

/** Sources of libhookcollector.so among the bundle's paths. */
export function collectorSources(paths: readonly string[]): string[] {
  return paths.filter((path) => /^native\/(?:collector|toolkit)\/.*\.cc$/.test(path));
}

export function planCollector(paths: readonly string[], { compiler }: Compilers): BuildPlan {
  const compile = `${quoteWord(compiler)} ${COMMON} -O2 ${SHARED.join(' ')} -Inative`;
  const exports = '-Wl,--version-script=native/collector/exports.map -Wl,-z,nodelete -Wl,-z,defs';
  const link = `${quoteWord(compiler)} -shared -pthread ${STATIC_RUNTIME.join(' ')} ${exports}`;
  const result = plan(COLLECTOR_FILE, collectorSources(paths), () => compile, link);
  return { ...result, link: { ...result.link, command: `${result.link.command} -ldl` } };
}

/** Sources that call CUDA or the launchers of the kernels; nvcc knows where its headers are. */
const NEEDS_TOOLKIT =
  /^native\/addon\/(?:addon\.cc$|binding\/\w+_work\.cc$|cuda\/(?!(?:cuda_survey|gpu_sensors|primary_context)\.cc$))|^kernels\//;
/** Those of them that are compiled without a toolkit too, with less in them. */
const AS_WELL_WITHOUT = /^native\/addon\/(?:addon\.cc|binding\/\w+_work\.cc)$/;
/** What the addon has with CUDA alone: the kernels, and the parts of the collector and the toolkit's search that counters need. */
const OF_CUDA =
  /^(?:kernels|native\/addon)\/.*\.cu$|^kernels\/.*\.cc$|^native\/toolkit\/.*\.cc$|^native\/collector\/(?:cupti_library|environment|preflight)\.cc$/;
/** Only for compute capability 9.0, and for nvcc 12 and later: no board has it. */
const OF_HOPPER = /half_wgmma\.cu$/;

/** The majors of TensorRT that there is an adapter object for. */
export const TENSORRT_MAJORS: readonly number[] = [10];
const OF_TENSORRT = /^native\/tensorrt\//;
const adapterSources = (major: number) => new RegExp(`^native/tensorrt/v${major}/\\w+\\.cc$`);

/**
 * Sources of hookanalyzer.node among the bundle's paths; with CUDA also those that need its toolkit, with the major of TensorRT's headers
 * also the adapter for it.
 */
export function addonSources(paths: readonly string[], withCuda: boolean, tensorrtMajor = 0): string[] {
  // The neutral part of the TensorRT adapter needs no headers: without the other a board says what is missing.
  const neutral = paths.filter((path) => /^native\/(?:addon\/.*|tensorrt\/\w+)\.cc$/.test(path));
  const adapter = TENSORRT_MAJORS.includes(tensorrtMajor) ? adapterSources(tensorrtMajor) : undefined;
  const sources = [...neutral, ...paths.filter((path) => adapter?.test(path))];
  if (!withCuda) return sources.filter((path) => !NEEDS_TOOLKIT.test(path) || AS_WELL_WITHOUT.test(path));
  return [...sources, ...paths.filter((path) => OF_CUDA.test(path) && !OF_HOPPER.test(path))];
}

// Orin, and from CUDA 11.8 on Hopper, whose PTX is for what came after it.
function architectureFlags(nvccVersion: string): string {
  const [, major, minor] = /release (\d+)\.(\d+)/.exec(nvccVersion)?.map(Number) ?? [];
  const knowsHopper = major !== undefined && (major > 11 || (major === 11 && (minor ?? 0) >= 8));
  const all = knowsHopper ? [87, 90] : [87];
  return all.map((each) => `-gencode arch=compute_${each},code=[sm_${each},compute_${each}]`).join(' ');
}

/** What the compiler looks through anyway, and must not come before the folders of its own library. */
const IS_SEARCHED = /^\/usr\/include(?:\/[\w]+-linux-gnu)?$/;

/** Beside the flags of the rest, as native/tensorrt/CMakeLists.txt has them. */
function tensorrtFlags(source: string, tensorrt: Compilers['tensorrt']): string {
  if (!tensorrt || !TENSORRT_MAJORS.includes(tensorrt.major) || !OF_TENSORRT.test(source)) return '';
  const { include, cudaInclude, major } = tensorrt;
  const folders = [include, cudaInclude].filter((folder) => !IS_SEARCHED.test(folder)).map(quoteWord);
  const headers = adapterSources(major).test(source) ? folders.map((folder) => ` -isystem ${folder}`).join('') : '';
  return ` -DHAVE_TENSORRT_${major}=1${headers}`;
}

/** undefined when the headers of Node-API are not in the bundle. */
export function planAddon(paths: readonly string[], compilers: Compilers): BuildPlan | undefined {
  if (!paths.includes(`${HEADERS_FOLDER}/napi.h`) || !paths.includes(`${HEADERS_FOLDER}/node_api.h`)) return undefined;
  const { compiler, nvcc, tensorrt } = compilers;
  const includes = `-I. -Inative -isystem ${HEADERS_FOLDER}`;
  const plain = `${quoteWord(compiler)} ${COMMON} -O3 ${SHARED.join(' ')} ${ADDON_DEFINES} ${includes} -pthread`;
  const mapOption = '--version-script=native/addon/exports.map';
  if (!nvcc) {
    const link = `${quoteWord(compiler)} -shared -pthread ${STATIC_RUNTIME.join(' ')} -Wl,${mapOption}`;
    const compile = (source: string) => plain + tensorrtFlags(source, tensorrt);
    const result = plan(ADDON_FILE, addonSources(paths, false, tensorrt?.major), compile, link);
    return { ...result, link: { ...result.link, command: `${result.link.command} -ldl` } };
  }
  // nvcc knows where its headers and libraries are; it takes only what needs them, because it is slower.
  const host = `-ccbin ${quoteWord(compiler)}`;
  const flags = SHARED.map((flag) => `-Xcompiler ${flag}`).join(' ');
  const cuda = `${quoteWord(nvcc)} ${host} ${COMMON} -O3 ${flags} ${ADDON_DEFINES} -DHAVE_CUDA=1 ${includes}`;
  const compile = (source: string) => {
    if (!NEEDS_TOOLKIT.test(source)) return plain + tensorrtFlags(source, tensorrt);
    return source.endsWith('.cu') ? `${cuda} ${architectureFlags(compilers.nvccVersion)}` : cuda;
  };
  const runtime = STATIC_RUNTIME.map((flag) => `-Xcompiler ${flag}`).join(' ');
  const link = `${quoteWord(nvcc)} ${host} -shared -cudart static ${runtime} -Xlinker ${mapOption}`;
  const result = plan(ADDON_FILE, addonSources(paths, true, tensorrt?.major), compile, link);
  return { ...result, link: { ...result.link, command: `${result.link.command} -ldl -lrt -lpthread` } };
}
