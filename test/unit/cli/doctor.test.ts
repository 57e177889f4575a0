import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkCupti, checkDriver, checkPermission, checkRivals } from '../../../app/cli/doctor/cuda';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hka-doctor-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, text = ''): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const RELEASE =
  '# R36 (release), REVISION: 4.4, GCID: 41062509, BOARD: generic, EABI: aarch64, DATE: Mon Jun 16 16:07:13 UTC 2025\n';

test('a machine without a driver is told what works all the same', () => {
  expect(checkDriver(root)).toMatchObject({ state: 'missing', found: 'no NVIDIA driver is loaded' });
  expect(checkDriver(root).remedy).toContain('--on');
});

test('a Jetson and a desktop driver are named', () => {
  put('etc/nv_tegra_release', RELEASE);
  expect(checkDriver(root)).toMatchObject({ state: 'ok', found: 'Jetson Linux (R36 (release), REVISION: 4.4)' });
  rmSync(join(root, 'etc'), { recursive: true });
  put(
    'proc/driver/nvidia/version',
    'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.159.04  Release Build\n',
  );
  expect(checkDriver(root)).toMatchObject({ state: 'ok', found: 'NVIDIA driver 580.159.04' });
});

test('CUPTI off the loader path is found and its version read from the name', () => {
  expect(checkCupti(root).state).toBe('missing');
  put('usr/local/cuda-12.6/extras/CUPTI/lib64/libcupti.so.2024.3.2');
  expect(checkCupti(root)).toMatchObject({ state: 'ok' });
  expect(checkCupti(root).found).toContain('version 2024.3.2');
});

test('a Jetson user without root learns that kernels are not recorded', () => {
  put('etc/nv_tegra_release', RELEASE);
  expect(checkPermission(root, 1000)).toMatchObject({
    state: 'limited',
    remedy: 'Run the probe as root: sudo hookanalyzer serve',
  });
  expect(checkPermission(root, 0).state).toBe('ok');
});

test('on CUDA 13 a Jetson user needs the profiling nodes', () => {
  put('etc/nv_tegra_release', RELEASE);
  put('usr/local/cuda-13.0/version.json');
  expect(checkPermission(root, 1000).found).toBe('the GPU profiling nodes are closed to this user');
  for (const node of ['prof', 'prof-ctx', 'prof-dev']) put(`dev/nvgpu/igpu0/${node}`);
  expect(checkPermission(root, 1000).state).toBe('ok');
});

test('a running rival is named with its pid, an injected one with its path', () => {
  expect(checkRivals(root, {}).state).toBe('ok');
  put('proc/4711/comm', 'nsys\n');
  expect(checkRivals(root, { CUDA_INJECTION64_PATH: '/opt/x.so' })).toMatchObject({
    state: 'limited',
    found: 'nsys (pid 4711), CUDA_INJECTION64_PATH=/opt/x.so',
  });
});
