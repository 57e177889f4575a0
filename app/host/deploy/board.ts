// What the board is and has, asked once by one script. Nothing is assumed there but sshd and a POSIX shell.

import { PROBE_HOME } from '../../../shared/rpc/places';
import { FailureError, failure } from '../../../shared/util/failure';
import { clauseOf } from './remote-command';
import type { RemoteShell, RunOptions } from './remote-shell';

export type Arch = 'x64' | 'arm64';

export interface Board {
  readonly system: string;
  readonly machine: string;
  readonly home: string;
  readonly uid: number;
  readonly user: string;
  readonly coreCount: number;
  /** Why nothing can be put into the home folder; undefined when it can. */
  readonly homeError: string | undefined;
  /** Names of the tools that are there: tar, gzip, sha256sum. */
  readonly tools: ReadonlySet<string>;
  /** Paths; undefined where it is lacking. The compiler's first line tells one from the next. */
  readonly compiler: { readonly path: string; readonly version: string } | undefined;
  readonly nvcc: { readonly path: string; readonly version: string } | undefined;
  readonly node: { readonly path: string; readonly version: string } | undefined;
  /** Folder of NvInfer.h and NvOnnxParser.h, with the major of their TensorRT; 0 when its file does not say. */
  readonly tensorrt: { readonly include: string; readonly major: number } | undefined;
  /** Folder of cuda_runtime_api.h. */
  readonly cudaInclude: string | undefined;
  readonly gpu: GpuAccess;
}

/** What decides whether CUPTI works for a user who is not root. */
export interface GpuAccess {
  readonly isTegra: boolean;
  /** Of L4T: 35 is JetPack 5, 36 is 6, 38 and later is 7. */
  readonly l4tMajor: number | undefined;
  /** CUDA toolkits, such as 12.6. */
  readonly toolkits: readonly string[];
  readonly cuptiPaths: readonly string[];
  /** RmProfilingAdminOnly of the driver; undefined where it has no such switch. */
  readonly isAdminOnly: boolean | undefined;
  /** Profiling nodes that exist and that this user may not open. */
  readonly closedNodes: readonly string[];
}

const HOME_FOLDERS = `"$HOME/${PROBE_HOME}/versions" "$HOME/${PROBE_HOME}/node"`;

const SURVEY = `
say() { [ -z "$2" ] || printf '%s=%s\\n' "$1" "$2"; }
said() { "$@" 2>/dev/null </dev/null | head -n 1; }
say system "$(uname -s)"
say machine "$(uname -m)"
say home "$HOME"
say uid "$(id -u)"
say user "$(id -un)"
say cores "$(getconf _NPROCESSORS_ONLN 2>/dev/null || nproc 2>/dev/null || echo 1)"
say homeError "$( (umask 077 && mkdir -p ${HOME_FOLDERS} && : >"$HOME/${PROBE_HOME}/.writable") 2>&1 | head -n 1)"
rm -f "$HOME/${PROBE_HOME}/.writable"
for tool in tar gzip sha256sum; do command -v $tool >/dev/null 2>&1 && say tool $tool; done
for name in g++ c++ clang++; do
  found=$(command -v $name 2>/dev/null) && { say compiler "$found"; say compilerVersion "$(said "$found" --version)"; break; }
done
for found in /usr/local/cuda/bin/nvcc /usr/local/cuda-*/bin/nvcc "$(command -v nvcc 2>/dev/null)"; do
  [ -x "$found" ] && { say nvcc "$found"; say nvccVersion "$("$found" --version 2>/dev/null | grep release)"; break; }
done
for folder in "$TENSORRT_INCLUDE" /usr/include/$(uname -m)-linux-gnu /usr/include /usr/local/tensorrt/include /opt/tensorrt/include; do
  [ -f "$folder/NvInfer.h" ] && [ -f "$folder/NvOnnxParser.h" ] && {
    say tensorrt "$folder"
    say tensorrtMajor "$(said grep -E 'define +(NV_TENSORRT_MAJOR|TRT_MAJOR_ENTERPRISE) +[0-9]' "$folder/NvInferVersion.h")"
    break
  }
done
for folder in /usr/local/cuda/include /usr/local/cuda-*/include /usr/local/cuda*/targets/*/include /usr/include; do
  [ -f "$folder/cuda_runtime_api.h" ] && { say cudaInclude "$folder"; break; }
done
for name in node nodejs; do
  found=$(command -v $name 2>/dev/null) && { say node "$found"; say nodeVersion "$(said "$found" --version)"; break; }
done
say l4t "$(said cat /etc/nv_tegra_release)"
say compatible "$(tr '\\0' ' ' 2>/dev/null </proc/device-tree/compatible)"
say adminOnly "$(grep RmProfilingAdminOnly /proc/driver/nvidia/params 2>/dev/null)"
for path in /usr/local/cuda-*; do [ -d "$path" ] && say toolkit "$path"; done
for path in /usr/local/cuda*/targets/*/lib/libcupti.so.* /usr/local/cuda*/extras/CUPTI/lib64/libcupti.so.*; do
  [ -e "$path" ] && say cupti "$path"
done
for path in /dev/nvgpu/igpu0/prof /dev/nvgpu/igpu0/prof-ctx /dev/nvgpu/igpu0/prof-dev /dev/nvhost-prof-gpu \\
  /dev/nvhost-prof-ctx-gpu /dev/nvhost-prof-dev-gpu; do
  [ -e "$path" ] && { [ -r "$path" ] && [ -w "$path" ] || say closedNode "$path"; }
done
true
`;

/** Reads the survey's lines. Unknown keys are ignored. */
export function parseBoard(text: string): Board {
  const lines = text.split('\n').map((line) => ({
    key: line.slice(0, Math.max(line.indexOf('='), 0)),
    value: line.slice(line.indexOf('=') + 1),
  }));
  const all = (key: string) => lines.filter((line) => line.key === key).map((line) => line.value);
  const one = (key: string): string | undefined => all(key)[0];
  const program = (key: string) => {
    const path = one(key);
    return path ? { path, version: one(`${key}Version`) ?? '' } : undefined;
  };
  const tensorrt = one('tensorrt');
  const l4t = one('l4t');
  const adminOnly = one('adminOnly');
  return {
    system: one('system') ?? '',
    machine: one('machine') ?? '',
    home: one('home') ?? '',
    uid: Number(one('uid') ?? Number.NaN),
    user: one('user') ?? '',
    coreCount: Math.max(Number(one('cores')) || 1, 1),
    homeError: one('homeError'),
    tools: new Set(all('tool')),
    compiler: program('compiler'),
    nvcc: program('nvcc'),
    node: program('node'),
    tensorrt: tensorrt
      ? { include: tensorrt, major: Number(/\s(\d+)/.exec(one('tensorrtMajor') ?? '')?.[1] ?? 0) }
      : undefined,
    cudaInclude: one('cudaInclude'),
    gpu: {
      isTegra: l4t !== undefined || (one('compatible') ?? '').includes('nvidia,tegra'),
      l4tMajor: l4t === undefined ? undefined : Number(/R(\d+)/.exec(l4t)?.[1] ?? Number.NaN) || undefined,
      toolkits: all('toolkit').flatMap((path) => /cuda-(\d+\.\d+)$/.exec(path)?.[1] ?? []),
      cuptiPaths: all('cupti'),
      isAdminOnly: adminOnly === undefined ? undefined : /:\s*1\b/.test(adminOnly),
      closedNodes: all('closedNode'),
    },
  };
}

const ARCH_OF_MACHINE: Readonly<Record<string, Arch>> = { x86_64: 'x64', aarch64: 'arm64' };

/** The architecture by Node's name. Throws FailureError on boards that the probe cannot run on. */
export function archOf(board: Board, label: string): Arch {
  const arch = board.system === 'Linux' ? ARCH_OF_MACHINE[board.machine] : undefined;
  if (arch) return arch;
  throw failure(
    'boardUnsupported',
    `${label} is ${board.system || 'no known system'} on ${board.machine || 'an unknown machine'}; the probe runs on 64-bit Linux on ARM and x86.`,
    'Connect to a Jetson with JetPack 5 or later, or to a 64-bit Linux machine.',
  );
}

/** Throws FailureError when the board lacks what an installation cannot do without. */
export function checkBoard(board: Board, label: string): void {
  archOf(board, label);
  if (!board.home.startsWith('/') || board.homeError !== undefined) {
    throw failure(
      'homeNotWritable',
      `The probe cannot be put into the home folder ${board.home} on ${label} (${board.homeError ?? 'there is none'}).`,
      'Make the folder writable and free some space in it, or connect as another user.',
    );
  }
  if (!board.tools.has('tar')) {
    throw failure(
      'noTar',
      `There is no tar on ${label}, which unpacks the probe.`,
      'Install it there with: sudo apt-get install tar',
    );
  }
}

/** Asks the board, and makes the probe's folders there with mode 0700. Throws FailureError. */
export async function surveyBoard(shell: RemoteShell, options: RunOptions = {}): Promise<Board> {
  const { stdout, stderr, exitCode } = await shell.run(SURVEY, options);
  if (exitCode === 0) return parseBoard(stdout);
  throw new FailureError({
    code: 'noShell',
    sentence: `The shell on ${shell.label} ended with exit code ${exitCode}: ${clauseOf(stderr)}.`,
    remedy: 'Check that /bin/sh works there.',
  });
}
