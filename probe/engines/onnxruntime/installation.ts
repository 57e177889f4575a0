// Where onnxruntime-node is, which is not part of what a board is sent: it has 45 MB for each kind of machine.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import packageJson from '../../../package.json';
import { type FailureError, failure } from '../../../shared/util/failure';
import type { Provider } from './messages';

export type Onnxruntime = typeof import('onnxruntime-node');

const PACKAGE = 'onnxruntime-node';
const requireHere = createRequire(import.meta.url);

/** The folder into which npm must install so that this file finds it: of the app, or on a board the one that outlives versions. */
function installFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const board = /^(.*[\\/]\.hookanalyzer)[\\/]versions[\\/]/.exec(here);
  if (board) return board[1];
  const out = here.lastIndexOf(join('out', 'node'));
  return out > 0 ? here.slice(0, out - 1) : process.cwd();
}

function notInstalled(): FailureError {
  const version = packageJson.dependencies[PACKAGE];
  return failure(
    'onnxruntimeMissing',
    `The engine onnxruntime is not installed on this machine: there is no npm package ${PACKAGE}.`,
    `Install it there with: npm install --ignore-scripts --prefix ${installFolder()} ${PACKAGE}@${version}`,
  );
}

/** The package's folder. Throws FailureError onnxruntimeMissing. */
function findPackage(): string {
  try {
    return dirname(dirname(requireHere.resolve(PACKAGE)));
  } catch {
    throw notInstalled();
  }
}

const LIBRARIES: Readonly<Record<Exclude<Provider, 'cpu'>, readonly string[]>> = {
  cuda: ['libonnxruntime_providers_shared.so', 'libonnxruntime_providers_cuda.so'],
  tensorrt: ['libonnxruntime_providers_shared.so', 'libonnxruntime_providers_tensorrt.so'],
};

/** Throws FailureError providerMissing when the package has no libraries for the provider. */
export function checkProvider(provider: Provider): void {
  if (provider === 'cpu') return;
  const packageFolder = findPackage();
  const folder = join(packageFolder, 'bin', 'napi-v6', process.platform, process.arch);
  const lost = LIBRARIES[provider].find((name) => !existsSync(join(folder, name)));
  if (lost === undefined) return;
  const sentence = `ONNX Runtime has no provider ${provider} on this machine: there is no ${lost} in ${folder}.`;
  const isPublished = process.platform === 'linux' && process.arch === 'x64';
  const remedy = isPublished
    ? `Fetch it with: node ${join(packageFolder, 'script', 'install')} --onnxruntime-node-install=cuda12, or use the provider cpu.`
    : 'Build ONNX Runtime with it for this board and put its libraries there, or use the provider cpu.';
  throw failure('providerMissing', sentence, remedy);
}

/** Loads the package into this thread. Throws FailureError onnxruntimeMissing or onnxruntimeNotLoaded. */
export function loadOnnxruntimePackage(): Onnxruntime {
  findPackage();
  try {
    const onnxruntime = requireHere(PACKAGE) as Onnxruntime;
    onnxruntime.env.logLevel = 'fatal'; // what goes wrong is said once, by us
    return onnxruntime;
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0];
    const sentence = `ONNX Runtime cannot be loaded on this machine (${reason}).`;
    throw failure(
      'onnxruntimeNotLoaded',
      sentence,
      `${PACKAGE} has libraries for linux, darwin and win32 with glibc, x64 and arm64.`,
    );
  }
}
