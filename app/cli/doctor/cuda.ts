// CUDA driver, CUPTI, permission and other profilers, looked at without starting CUDA: on a Jetson a wrong CUPTI call can end
// the process. Paths and rules: NVIDIA's CUPTI documentation for Tegra, and JetPack 5 to 7 file layouts.

import { accessSync, constants, existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Check, good, limited, missing } from './check';

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** The first line of what the kernel says about the NVIDIA driver, for a file tree at `root`. */
export function checkDriver(root: string): Check {
  const tegra = read(join(root, 'etc/nv_tegra_release')).split('\n')[0];
  const desktop = /NVIDIA UNIX .*?(\d+\.\d+(?:\.\d+)?)/.exec(read(join(root, 'proc/driver/nvidia/version')));
  if (tegra) return good('CUDA driver', `Jetson Linux (${tegra.replace(/^# /, '').split(', GCID')[0]})`);
  if (desktop) return good('CUDA driver', `NVIDIA driver ${desktop[1]}`);
  return missing(
    'CUDA driver',
    'no NVIDIA driver is loaded',
    'the CPU device, viewing and exporting sessions, and recording on another machine work',
    'Record on a board with --on USER@HOST, or run on a machine with an NVIDIA GPU.',
  );
}

/** Every libcupti below the usual places of a file tree, newest name last. */
export function findCupti(root: string): string[] {
  const toolkits = list(join(root, 'usr/local')).filter((name) => name.startsWith('cuda'));
  const folders = toolkits.flatMap((name) => {
    const toolkit = join(root, 'usr/local', name);
    const targets = list(join(toolkit, 'targets')).map((target) => join(toolkit, 'targets', target, 'lib'));
    return [...targets, join(toolkit, 'extras/CUPTI/lib64'), join(toolkit, 'lib64'), join(toolkit, 'lib')];
  });
  folders.push(join(root, 'usr/lib/aarch64-linux-gnu'), join(root, 'usr/lib/x86_64-linux-gnu'));
  const found = folders.flatMap((folder) =>
    list(folder)
      .filter((name) => /^libcupti\.so\.\d+/.test(name))
      .map((name) => realpathSync(join(folder, name))),
  );
  return [...new Set(found)].sort();
}

/** CUPTI: where and which. */
export function checkCupti(root: string): Check {
  const paths = findCupti(root);
  if (paths.length > 0) {
    const shown = paths.map((path) => `${path} (${basename(path).replace('libcupti.so.', 'version ')})`);
    return good('CUPTI', shown.join(', '));
  }
  return missing(
    'CUPTI',
    'no libcupti in the usual CUDA folders',
    'NVTX ranges and board health are recorded, kernels only of programs that bring CUPTI along, as PyTorch’s wheels do',
    'Install it: sudo apt-get install cuda-cupti-12-6 on JetPack 6, or the CUDA toolkit’s CUPTI package that fits the driver.',
  );
}

function canOpen(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** May this user trace? On Tegra CUPTI needs root up to CUDA 12, and from CUDA 13 the GPU's profiling nodes. */
export function checkPermission(root: string, userId: number): Check {
  const isTegra =
    existsSync(join(root, 'etc/nv_tegra_release')) ||
    /nvidia,tegra/.test(read(join(root, 'proc/device-tree/compatible')));
  if (!isTegra) return good('Permission', 'tracing needs no special right on this machine');
  if (userId === 0) return good('Permission', 'root');
  const nodes = ['dev/nvgpu/igpu0/prof', 'dev/nvgpu/igpu0/prof-ctx', 'dev/nvgpu/igpu0/prof-dev'].map((node) =>
    join(root, node),
  );
  const isCuda13 = list(join(root, 'usr/local')).some((name) => name.startsWith('cuda-13'));
  if (isCuda13 && nodes.every(canOpen)) return good('Permission', 'the GPU profiling nodes are open to this user');
  return limited(
    'Permission',
    isCuda13 ? 'the GPU profiling nodes are closed to this user' : 'CUPTI on a Jetson with CUDA 12 or older needs root',
    'NVTX ranges and board health are recorded, kernels are not',
    isCuda13
      ? 'Add the user to the groups video and render, or run `sudo hookanalyzer serve`.'
      : 'Run the probe as root: sudo hookanalyzer serve',
  );
}

const RIVALS = /^(nsys|nsys-launcher|nsys-ui|ncu|ncu-ui|cuda-gdb|tracy-capture|tracy-profiler|dcgmi?)$/;

/** Other profilers: CUPTI has one subscriber a process, so a program under one of them cannot be recorded as well. */
export function checkRivals(root: string, environment: NodeJS.ProcessEnv): Check {
  const running = list(join(root, 'proc'))
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => ({ pid, name: read(join(root, 'proc', pid, 'comm')).trim() }))
    .filter(({ name }) => RIVALS.test(name))
    .map(({ pid, name }) => `${name} (pid ${pid})`);
  const injected = environment.CUDA_INJECTION64_PATH;
  if (injected) running.push(`CUDA_INJECTION64_PATH=${injected}`);
  if (running.length === 0) return good('Other profilers', 'none is running');
  return limited(
    'Other profilers',
    running.join(', '),
    'programs that are not under them are recorded as usual',
    'End them before recording the same program: CUPTI has one subscriber a process.',
  );
}
