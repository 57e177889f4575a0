import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { GpuAccess } from '../../../app/host/deploy/board';
import { cudaMajorOf, deriveCuptiFindings, rootScript } from '../../../app/host/deploy/permission';

const jetpack6: GpuAccess = {
  isTegra: true,
  l4tMajor: 36,
  toolkits: ['12.6'],
  cuptiPaths: ['/usr/local/cuda-12.6/extras/CUPTI/lib64/libcupti.so.12'],
  isAdminOnly: undefined,
  closedNodes: [],
};
const jetpack7: GpuAccess = {
  ...jetpack6,
  l4tMajor: 38,
  toolkits: ['13.0'],
  cuptiPaths: ['/usr/local/cuda-13.0/extras/CUPTI/lib64/libcupti.so.13'],
  isAdminOnly: false,
};

/** Codes and commands for the user nvidia. */
const findingsFor = (gpu: GpuAccess, probeUid = 1000) =>
  deriveCuptiFindings({ gpu, user: 'nvidia' }, probeUid, 'sudo ./serve-as-root.sh').map((finding) => [
    finding.code,
    finding.command,
  ]);

test('CUDA 12 on a Jetson needs root, and a probe that is root needs nothing', () => {
  expect(findingsFor(jetpack6)).toEqual([['cuptiNeedsRoot', 'sudo ./serve-as-root.sh']]);
  expect(findingsFor(jetpack6, 0)).toEqual([]);
});

test('CUDA 13 needs the profiling nodes and a driver open to users', () => {
  expect(findingsFor(jetpack7)).toEqual([]);
  expect(findingsFor({ ...jetpack7, closedNodes: ['/dev/nvgpu/igpu0/prof'] })).toEqual([
    ['profilingNodesClosed', 'sudo usermod -aG video,render nvidia'],
  ]);
  expect(findingsFor({ ...jetpack7, isAdminOnly: true })).toEqual([
    [
      'profilingAdminOnly',
      expect.stringMatching(/^echo 'options nvidia NVreg_RestrictProfilingToAdminUsers=0' \| sudo tee/),
    ],
  ]);
});

test('a missing CUPTI comes with the package of the newest toolkit', () => {
  expect(findingsFor({ ...jetpack7, cuptiPaths: [], toolkits: ['12.10', '12.9'] }, 0)).toEqual([
    ['cuptiMissing', 'sudo apt-get install cuda-cupti-12-10'],
  ]);
  expect(findingsFor({ ...jetpack7, cuptiPaths: [], toolkits: [] }, 0)).toEqual([
    ['cuptiMissing', 'sudo apt-get install nvidia-jetpack'],
  ]);
});

test('a machine that is no Jetson traces for everybody', () => {
  expect(findingsFor({ ...jetpack6, isTegra: false, isAdminOnly: true })).toEqual([]);
});

test('the CUDA major comes from libraries, then toolkits, then the L4T', () => {
  expect(cudaMajorOf({ ...jetpack6, cuptiPaths: ['/x/libcupti.so.11.4', '/x/libcupti.so.2021.2.2'] })).toBe(12);
  expect(cudaMajorOf({ ...jetpack6, cuptiPaths: ['/x/libcupti.so.11.4'], toolkits: [] })).toBe(11);
  expect(cudaMajorOf({ ...jetpack6, cuptiPaths: [], toolkits: [] })).toBe(12);
  expect(cudaMajorOf({ ...jetpack6, cuptiPaths: [], toolkits: [], l4tMajor: 39 })).toBe(13);
  expect(cudaMajorOf({ ...jetpack6, cuptiPaths: [], toolkits: [], l4tMajor: undefined })).toBeUndefined();
});

test('the script is sh, whatever the home folder is called', () => {
  const home = "/users/it's a $HOME";
  const installed = { version: 'v', folder: `${home}/v`, nodePath: '/n', probePath: '/p.js', collectorPath: '/c.so' };
  const script = rootScript({ home }, installed);
  expect(spawnSync('sh', ['-n'], { input: script, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  expect(script).toContain(`'/users/it'\\''s a $HOME/.hookanalyzer/probe.sock'`);
});
