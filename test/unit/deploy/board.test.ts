import { expect, test } from 'vitest';
import { archOf, checkBoard, parseBoard } from '../../../app/host/deploy/board';
import { isNodeNewEnough, nodeOf } from '../../../app/host/deploy/node-binary';

const ORIN = `system=Linux
machine=aarch64
home=/users/nvidia
uid=1000
user=nvidia
cores=6
tool=tar
tool=gzip
tool=sha256sum
compiler=/usr/bin/g++
compilerVersion=g++ (Ubuntu 11.4.0-1ubuntu1~22.04) 11.4.0
nvcc=/usr/local/cuda/bin/nvcc
nvccVersion=Cuda compilation tools, release 12.6, V12.6.68
tensorrt=/usr/include/aarch64-linux-gnu
tensorrtMajor=#define NV_TENSORRT_MAJOR 10 //!< TensorRT major version.
cudaInclude=/usr/local/cuda/include
node=/usr/bin/node
nodeVersion=v12.22.9
l4t=# R36 (release), REVISION: 4.3, GCID: 38968081, BOARD: generic, EABI: aarch64, DATE: Wed Jan  8 01:49:37 UTC 2025
compatible=nvidia,p3768-0000+p3767-0005-super nvidia,p3767-0005 nvidia,tegra234 
toolkit=/usr/local/cuda-12
toolkit=/usr/local/cuda-12.6
cupti=/usr/local/cuda-12.6/targets/aarch64-linux/lib/libcupti.so.12
closedNode=/dev/nvgpu/igpu0/prof
something=new
`;

const failureOf = (act: () => void) => {
  try {
    act();
  } catch (error) {
    return (error as { failure: unknown }).failure;
  }
  return undefined;
};

test('an Orin Nano with JetPack 6, as the survey prints it', () => {
  const board = parseBoard(ORIN);
  expect(board).toEqual({
    system: 'Linux',
    machine: 'aarch64',
    home: '/users/nvidia',
    uid: 1000,
    user: 'nvidia',
    coreCount: 6,
    homeError: undefined,
    tools: new Set(['tar', 'gzip', 'sha256sum']),
    compiler: { path: '/usr/bin/g++', version: 'g++ (Ubuntu 11.4.0-1ubuntu1~22.04) 11.4.0' },
    nvcc: { path: '/usr/local/cuda/bin/nvcc', version: 'Cuda compilation tools, release 12.6, V12.6.68' },
    node: { path: '/usr/bin/node', version: 'v12.22.9' },
    tensorrt: { include: '/usr/include/aarch64-linux-gnu', major: 10 },
    cudaInclude: '/usr/local/cuda/include',
    gpu: {
      isTegra: true,
      l4tMajor: 36,
      toolkits: ['12.6'],
      cuptiPaths: ['/usr/local/cuda-12.6/targets/aarch64-linux/lib/libcupti.so.12'],
      isAdminOnly: undefined,
      closedNodes: ['/dev/nvgpu/igpu0/prof'],
    },
  });
  expect(archOf(board, 'orin')).toBe('arm64');
  expect(failureOf(() => checkBoard(board, 'orin'))).toBeUndefined();
});

test.each([
  ['#define NV_TENSORRT_MAJOR 8 //!< TensorRT major version.', 8],
  ['#define TRT_MAJOR_ENTERPRISE 10', 10],
  ['', 0],
])('the major of TensorRT’s headers: %s', (line, major) => {
  const { tensorrt } = parseBoard(`tensorrt=/opt/tensorrt/include\ntensorrtMajor=${line}\n`);
  expect(tensorrt).toEqual({ include: '/opt/tensorrt/include', major });
});

test('the driver’s switch is read in both positions', () => {
  const isAdminOnly = (line: string) => parseBoard(line).gpu.isAdminOnly;
  expect(isAdminOnly('adminOnly=RmProfilingAdminOnly: 1')).toBe(true);
  expect(isAdminOnly('adminOnly=RmProfilingAdminOnly: 0')).toBe(false);
});

test('what makes a board unfit is named', () => {
  const without = (key: string, line = '') => parseBoard(`${ORIN.replace(new RegExp(`^${key}.*\\n`, 'm'), '')}${line}`);
  const codeOf = (key: string, line?: string) =>
    (failureOf(() => checkBoard(without(key, line), 'orin')) as { code: string } | undefined)?.code;
  expect(codeOf('machine', 'machine=armv7l\n')).toBe('boardUnsupported');
  expect(codeOf('system', 'system=Darwin\n')).toBe('boardUnsupported');
  expect(codeOf('tool=tar')).toBe('noTar');
  expect(codeOf('tool=gzip')).toBeUndefined();
  expect(codeOf('home=')).toBe('homeNotWritable');
  expect(codeOf('none', 'homeError=mkdir: Read-only file system\n')).toBe('homeNotWritable');
});

test.each([
  ['v20.20.2', true],
  ['v18.15.0', true],
  ['22.1.0', true],
  ['v18.14.9', false],
  ['v12.22.9', false],
  ['', false],
  ['node: not found', false],
])('Node %s: %s', (version, isEnough) => {
  expect(isNodeNewEnough(version)).toBe(isEnough);
});

test('a Node that cannot read hidden folders, or is too old, is not used', () => {
  const nodeAt = (path: string, version: string) => nodeOf(parseBoard(`node=${path}\nnodeVersion=${version}\n`));
  expect(nodeAt('/usr/bin/node', 'v20.1.0')).toBe('/usr/bin/node');
  expect(nodeAt('/snap/bin/node', 'v20.1.0')).toBeUndefined();
  expect(nodeOf(parseBoard(ORIN))).toBeUndefined();
});
