import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadAddon } from '../../../probe/runner/addon';
import { chooseDevice } from '../../../probe/runner/device';
import { ensureNativeBuilt } from '../../integration/native-built';

const addon = loadAddon(ensureNativeBuilt().addonPath);
const folder = mkdtempSync(join(tmpdir(), 'hka-addon-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('demangles C++ names and leaves others alone', () => {
  const names = ['_Z9gemm_tileILi16EEvPKfS1_Pfiii', 'main', 'i', '_Zwrong', '', `_Z${'N'.repeat(9000)}`];
  expect(addon.demangle(names)).toEqual([
    'void gemm_tile<16>(float const*, float const*, float*, int, int, int)',
    ...names.slice(1),
  ]);
});

test('a name that stands for gigabytes is cut at the format’s limit', () => {
  // A pair of (a pair of (a pair …) twice) twice: each level names the one below a second time, by its substitution.
  let type = 'S_IccE';
  for (let level = 0; level < 34; level++) {
    type = `S_I${type}S${level.toString(36).toUpperCase()}_E`;
  }
  const [text] = addon.demangle([`_Z1f${type.replace('S_', '4Pair')}`]);
  expect(text).toMatch(/^f\(Pair<Pair<Pair<.*char, char>/);
  expect(Buffer.byteLength(text)).toBe(8192);
  expect(text.endsWith('…')).toBe(true);
});

test('lists CUDA devices, or says why there are none', () => {
  const { devices, reason } = addon.cudaDevices();
  expect(devices.length > 0 ? reason === '' : /^[A-Z].*\.$/.test(reason)).toBe(true);
  for (const device of devices) expect(device.smCount).toBeGreaterThan(0);
});

test('auto takes the GPU only when there is one and the kernels were built', () => {
  const found = (computeMajor: number, computeMinor: number) => {
    return { devices: [{ computeMajor, computeMinor }], driverVersion: 13_000, reason: '' };
  };
  const gpu = found(8, 7);
  const none = { devices: [], driverVersion: 0, reason: 'There is no CUDA driver here.' };
  const pretend = (hasCudaKernels: boolean, survey: unknown) =>
    ({ ...addon, hasCudaKernels, cudaDevices: () => survey }) as typeof addon;
  expect(chooseDevice(pretend(true, gpu), 'auto')).toBe('cuda');
  expect(chooseDevice(pretend(true, gpu), 'cpu')).toBe('cpu');
  expect(chooseDevice(pretend(true, found(9, 0)), 'auto')).toBe('cuda');
  expect(chooseDevice(pretend(true, found(7, 5)), 'auto')).toBe('cpu');
  expect(chooseDevice(pretend(true, found(7, 5)), 'cuda')).toBe('cuda');
  expect(chooseDevice(pretend(true, none), 'auto')).toBe('cpu');
  expect(chooseDevice(pretend(false, gpu), 'auto')).toBe('cpu');
  expect(() => chooseDevice(pretend(true, none), 'cuda')).toThrow('There is no CUDA driver here.');
  expect(() => chooseDevice(pretend(false, gpu), 'cuda')).toThrow('The CUDA kernels were not built');
});

test('a missing or broken addon is a sentence with a remedy', () => {
  expect(() => loadAddon(join(folder, 'missing.node'))).toThrow(/not built.*npm run build:native/);
  const broken = join(folder, 'broken.node');
  writeFileSync(broken, 'not a library');
  expect(() => loadAddon(broken)).toThrow(/cannot be loaded.*npm run build:native/);
});
