import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeBundle } from '../../../app/host/deploy/bundle';
import type { Installation } from '../../../app/host/installation';

let root: string;
const write = (name: string, text = '') => {
  mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
  writeFileSync(path.join(root, name), text);
  return path.join(root, name);
};

beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'hka-bundle-'));
  write('package.json', '{ "version": "1.2.3" }');
  write('out/node/probe.js', "const a = require('./chunks/a.js'); require('node:fs');");
  write('out/node/chunks/a.js', 'require("./b.js"); require("../chunks/c.js");');
  for (const name of ['b', 'c', 'not-needed']) write(`out/node/chunks/${name}.js`, 'require("./a.js")');
  write('out/node/runner.js', 'require("./chunks/c.js")');
  write('out/node/onnxruntime-thread.js', 'require("onnxruntime-node"); require("./chunks/d.js")');
  write('out/node/chunks/d.js');
  for (const name of ['collector/rows.cc', 'collector/README.md', 'collector/exports.map']) write(`native/${name}`);
  write('native/node_modules/x/y.cc');
  write('kernels/conv/conv_gemm.cuh');
  write('kernels/conv/conv_nchw.cu');
  write('node_modules/node-addon-api/napi.h');
  write('node_modules/node-api-headers/include/node_api.h');
  write('out/board/linux-arm64/native/lib/libhookcollector.so', 'arm');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const installation = (): Installation => ({
  root,
  probePath: path.join(root, 'out/node/probe.js'),
  runnerPath: path.join(root, 'out/node/runner.js'),
  storePath: path.join(root, 'out/node/store-thread.js'),
  collectorPath: write('out/native/lib/libhookcollector.so', 'own'),
  addonPath: undefined,
});

test('programs with the chunks they need, sources, headers, and what is built for the architecture', async () => {
  const other = process.arch === 'arm64' ? 'x64' : 'arm64';
  const own = process.arch === 'arm64' ? 'arm64' : 'x64';
  const always = [
    'package.json',
    'out/node/probe.js',
    'out/node/chunks/a.js',
    'out/node/chunks/b.js',
    'out/node/chunks/c.js',
    'out/node/runner.js',
    'out/node/onnxruntime-thread.js',
    'out/node/chunks/d.js',
    'native/collector/exports.map',
    'native/collector/rows.cc',
    'kernels/conv/conv_gemm.cuh',
    'kernels/conv/conv_nchw.cu',
    'headers/napi.h',
    'headers/node_api.h',
  ];
  const bundle = await makeBundle(installation(), own);
  expect([...bundle.paths].sort()).toEqual([...always, 'prebuilt/lib/libhookcollector.so'].sort());
  expect(bundle.name).toMatch(/^1\.2\.3-[0-9a-f]{12}$/);
  const forOther = await makeBundle(installation(), other);
  expect([...forOther.paths].sort()).toEqual(
    [...always, ...(other === 'arm64' ? ['prebuilt/lib/libhookcollector.so'] : [])].sort(),
  );
  expect(forOther.name).not.toBe(bundle.name);
});

test('programs that were not built are a failure with the command that builds them', async () => {
  rmSync(path.join(root, 'out/node/runner.js'));
  await expect(makeBundle(installation(), 'arm64')).rejects.toMatchObject({
    failure: { code: 'notBuilt', remedy: expect.stringContaining('npm run build') },
  });
});
