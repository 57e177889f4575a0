// The collector and the addon on the board: what came built when it loads there, or built there once by the board's own compiler. Without
// either the board is watched and programs run; a finding says what is lacking.

import { MIB } from '../../../shared/units/units';
import { FailureError } from '../../../shared/util/failure';
import { ADDON_FILE, type Bundle, COLLECTOR_FILE, PREBUILT_FOLDER } from './bundle';
import {
  type BuildPlan,
  type Compilers,
  type CompileStep,
  planAddon,
  planCollector,
  TENSORRT_MAJORS,
} from './compile-commands';
import type { Deployment, Finding } from './progress';
import { clauseOf } from './remote-command';
import { quoteWord } from './remote-shell';

export interface NativeParts {
  /** Absolute paths on the board; undefined where there is none. */
  readonly collectorPath: string | undefined;
  readonly addonPath: string | undefined;
  readonly findings: readonly Finding[];
}

interface Place {
  readonly folder: string;
  readonly nodePath: string;
  readonly bundle: Bundle;
}

const FILES = [COLLECTOR_FILE, ADDON_FILE] as const;
type File = (typeof FILES)[number];

export const NATIVE_FOLDER = 'out/native/lib';
const LOG_NAME = 'native-build.log';
const STEP_MS_MAX = 15 * 60_000;
/** A compiler of the addon takes some hundred MiB, which the board's programs need too. */
const AT_ONCE_MAX = 4;
const LOG_BYTES_MAX = 4 * MIB;

// Loads each library by the loader's own rules, which look at glibc too. One that is no module of Node says so after it was loaded.
const LOAD_CHECK = `
const { RTLD_NOW } = require('os').constants.dlopen;
for (const path of process.argv.slice(1)) {
  const found = { exports: {} };
  let reason = '';
  try { process.dlopen(found, path, RTLD_NOW); } catch (error) { reason = error.message; }
  const loads = reason === '' || reason.includes('did not self-register');
  let hasTensorrt = true;
  try { found.exports.createTensorrt?.({}); } catch (error) { hasTensorrt = error.code !== 'tensorrtNotBuilt'; }
  console.log(JSON.stringify({ path, loads, reason, hasCudaKernels: found.exports.hasCudaKernels === true, hasTensorrt }));
}`;

interface Loaded {
  readonly path: string;
  readonly loads: boolean;
  readonly reason: string;
  readonly hasCudaKernels: boolean;
  /** false when it was built without an adapter for any TensorRT. */
  readonly hasTensorrt: boolean;
}

async function checkLoads({ shell, signal }: Deployment, nodePath: string, paths: readonly string[]) {
  const words = [nodePath, '-e', LOAD_CHECK, ...paths].map(quoteWord).join(' ');
  const { stdout } = await shell.run(words, { signal });
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line) as Loaded);
}

/** What tells whether building again can end otherwise. */
function compilerMark({ board }: Deployment): string {
  const tensorrt = board.tensorrt && `TensorRT ${board.tensorrt.major}`;
  return [board.compiler?.version, board.nvcc?.version, tensorrt]
    .map((each) => (each ?? '').replace(/[^\w. ()+-]/g, ''))
    .join('|');
}

async function existingParts({ shell, signal }: Deployment, folder: string): Promise<ReadonlySet<string>> {
  const tests = FILES.map((file) => `[ -s ${NATIVE_FOLDER}/${file} ] && echo ${file}`).join('\n');
  const { stdout } = await shell.run(`cd ${quoteWord(folder)} || exit 1\n${tests}\ntrue`, { signal });
  return new Set(stdout.split('\n'));
}

/** Of what came built, the files that may be used here. An addon with less in it is no use where one with more can be made. */
async function usablePrebuilt(deployment: Deployment, { folder, nodePath, bundle }: Place, missing: readonly File[]) {
  const brought = missing.filter((file) => bundle.paths.includes(`${PREBUILT_FOLDER}/${file}`));
  if (brought.length === 0) return [];
  const { board } = deployment;
  const loaded = await checkLoads(
    deployment,
    nodePath,
    brought.map((file) => `${folder}/${PREBUILT_FOLDER}/${file}`),
  );
  return brought.filter((file) => {
    const found = loaded.find(({ path }) => path.endsWith(`/${file}`));
    if (!found?.loads) return false;
    if (file === COLLECTOR_FILE || !board.compiler) return true;
    return (found.hasCudaKernels || !board.nvcc) && (found.hasTensorrt || !tensorrtOf(board));
  });
}

/** Runs one command in the version's folder; its log goes to the progress and to the log file there. */
async function runStep(deployment: Deployment, folder: string, step: CompileStep): Promise<boolean> {
  const { shell, signal, onProgress } = deployment;
  const log = `build/${step.label.replaceAll('/', '-')}.log`;
  const script = `cd ${quoteWord(folder)} && mkdir -p build || exit 1
export LC_ALL=C
nice -n 10 ${step.command} >${log} 2>&1
code=$?
cat ${log} >&2
{ echo ${quoteWord(`+ ${step.command}`)}; head -c ${LOG_BYTES_MAX} ${log}; } >>${LOG_NAME}
exit $code`;
  onProgress('build', { text: `${step.label}\n` });
  const { exitCode } = await shell.run(script, {
    signal,
    timeoutMs: STEP_MS_MAX,
    onErrorText: (text) => onProgress('build', { text }),
  });
  return exitCode === 0;
}

/** Builds one library and puts it in its place. False when a command failed; throws what the shell throws. */
async function build(deployment: Deployment, folder: string, plan: BuildPlan, file: File): Promise<boolean> {
  const { shell, board, signal, onProgress } = deployment;
  const waiting = [...plan.steps];
  let doneCount = 0;
  let isGood = true;
  const work = async () => {
    for (let step = waiting.shift(); step && isGood; step = waiting.shift()) {
      if (!(await runStep(deployment, folder, step))) isGood = false;
      doneCount += 1;
      onProgress('build', { doneRatio: doneCount / (plan.steps.length + 1) });
    }
  };
  const workers = Array.from({ length: Math.min(board.coreCount, AT_ONCE_MAX) }, work);
  const results = await Promise.allSettled(workers);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  if (!isGood || !(await runStep(deployment, folder, plan.link))) return false;
  const target = `${NATIVE_FOLDER}/${file}`;
  const moved = await shell.run(
    `cd ${quoteWord(folder)} && mkdir -p ${NATIVE_FOLDER} && mv ${plan.output} ${target} && rm -rf build`,
    { signal },
  );
  onProgress('build', { doneRatio: 1 });
  return moved.exitCode === 0;
}

const WITHOUT: Readonly<Record<File, string>> = {
  [COLLECTOR_FILE]: 'CUDA programs run but are not captured',
  [ADDON_FILE]: 'the built-in workload does not run there',
};

function missingFinding(deployment: Deployment, files: readonly File[]): Finding {
  const what = files.map((file) => WITHOUT[file]).join(', and ');
  return {
    code: 'noCompiler',
    sentence: `${deployment.shell.label} has no C++ compiler, so ${what}. Processor and board are watched all the same.`,
    remedy: 'Install g++ there, then connect again.',
    command: 'sudo apt-get install g++',
  };
}

function brokenFinding(file: File, folder: string): Finding {
  return {
    code: 'nativeNotBuilt',
    sentence: `${file} could not be built on the board, so ${WITHOUT[file]}.`,
    remedy: 'Read the log there; the build is tried again when the compiler is another.',
    command: `less ${quoteWord(`${folder}/${LOG_NAME}`)}`,
  };
}

/** The headers that the adapter is compiled against; undefined where some are missing or there is no adapter for them. */
function tensorrtOf({ tensorrt, cudaInclude }: Deployment['board']): Compilers['tensorrt'] {
  if (!tensorrt || !cudaInclude || !TENSORRT_MAJORS.includes(tensorrt.major)) return undefined;
  return { ...tensorrt, cudaInclude };
}

// nvcc refuses compilers that are newer than itself; the addon without CUDA kernels, or without TensorRT, is better than none.
function plansOf(file: File, paths: readonly string[], compilers: Compilers): BuildPlan[] {
  if (file === COLLECTOR_FILE) return [planCollector(paths, compilers)];
  const { nvcc, tensorrt } = compilers;
  const all = [
    planAddon(paths, compilers),
    tensorrt ? planAddon(paths, { ...compilers, tensorrt: undefined }) : undefined,
    nvcc && tensorrt ? planAddon(paths, { ...compilers, nvcc: undefined }) : undefined,
    nvcc ? planAddon(paths, { ...compilers, nvcc: undefined, tensorrt: undefined }) : undefined,
  ];
  return all.filter((plan) => plan !== undefined);
}

async function buildOneOf(deployment: Deployment, folder: string, plans: readonly BuildPlan[], file: File) {
  for (const plan of plans) if (await build(deployment, folder, plan, file)) return true;
  await deployment.shell.run(`rm -rf ${quoteWord(`${folder}/build`)}`, { signal: deployment.signal });
  return false;
}

async function buildMissing(deployment: Deployment, place: Place, files: readonly File[]): Promise<Finding[]> {
  const { shell, board, signal, onProgress } = deployment;
  const { folder, bundle } = place;
  if (files.length === 0) return [];
  if (!board.compiler) return [missingFinding(deployment, files)];
  const compilers = {
    compiler: board.compiler.path,
    nvcc: board.nvcc?.path,
    nvccVersion: board.nvcc?.version ?? '',
    tensorrt: tensorrtOf(board),
  };
  const findings: Finding[] = [];
  for (const file of files) {
    const mark = `${folder}/.${file}.failed`;
    const failedWith = (await shell.run(`cat ${quoteWord(mark)} 2>/dev/null`, { signal })).stdout.trim();
    if (failedWith !== compilerMark(deployment)) {
      onProgress('build', { text: `Building ${file} on the board, once.\n`, doneRatio: 0 });
      if (await buildOneOf(deployment, folder, plansOf(file, bundle.paths, compilers), file)) continue;
      // Not tried again at each connection: the same compiler would say the same.
      await shell.run(`printf '%s\\n' ${quoteWord(compilerMark(deployment))} >${quoteWord(mark)}`, { signal });
    }
    findings.push(brokenFinding(file, folder));
  }
  return findings;
}

/** Makes the native parts of a version that lies on the board, as far as it goes. Throws FailureError `linkLost` or `cancelled`. */
export async function placeNative(deployment: Deployment, place: Place): Promise<NativeParts> {
  const { shell, signal } = deployment;
  const { folder } = place;
  const before = await existingParts(deployment, folder);
  const missing = FILES.filter((file) => !before.has(file));
  let findings: Finding[] = [];
  if (missing.length > 0) {
    const usable = await usablePrebuilt(deployment, place, missing);
    const copies = usable.map((file) => {
      const [from, to] = [`${PREBUILT_FOLDER}/${file}`, `${NATIVE_FOLDER}/${file}`];
      return `{ ln ${from} ${to} 2>/dev/null || cp ${from} ${to}; }`;
    });
    const script = [`cd ${quoteWord(folder)}`, `mkdir -p ${NATIVE_FOLDER}`, ...copies].join(' && ');
    const { exitCode, stderr } = await shell.run(script, { signal });
    if (exitCode !== 0) {
      const sentence = `The native parts could not be put into ${folder} (${clauseOf(stderr)}).`;
      throw new FailureError({ code: 'boardDiskFull', sentence, remedy: 'Free some space there, then connect again.' });
    }
    findings = await buildMissing(
      deployment,
      place,
      missing.filter((file) => !usable.includes(file)),
    );
  }
  const after = await existingParts(deployment, folder);
  const pathOf = (file: File) => (after.has(file) ? `${folder}/${NATIVE_FOLDER}/${file}` : undefined);
  return { collectorPath: pathOf(COLLECTOR_FILE), addonPath: pathOf(ADDON_FILE), findings };
}
