// Where plans are kept: every difference that matters makes another place, and only the last used stay.

import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { NativeTensorrt, TensorrtHost } from '../../../probe/engines/tensorrt/native';
import { type CachedOrder, planPlace, trimPlans, weightFilesOf } from '../../../probe/engines/tensorrt/plan-cache';

let folder: string;
let order: CachedOrder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hka-plans-'));
  writeFileSync(join(folder, 'net.onnx'), 'one');
  order = { onnxPath: join(folder, 'net.onnx'), precision: 'fp16', profiles: [] };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const host = (version = '10.3.0', computeMinor = 7): TensorrtHost => ({
  createTensorrt: () => ({ version }) as NativeTensorrt,
  cudaDevices: () => ({ devices: [{ index: 0, name: 'Orin', computeMajor: 8, computeMinor }] }),
});
const placeOf = async (changed: Partial<CachedOrder> = {}, on = host()) =>
  (await planPlace(on, { ...order, ...changed }, join(folder, 'plans'))).planPath;

test('the same order, the same place, whatever the order of its words and where the timings lie', async () => {
  const place = await placeOf();
  expect(place).toMatch(/\/plans\/net-fp16-[0-9a-f]{20}\.plan$/);
  expect(await placeOf({ timingCachePath: '/elsewhere' })).toBe(place);
  const { onnxPath, precision, profiles } = order;
  expect((await planPlace(host(), { profiles, precision, onnxPath }, join(folder, 'plans'))).planPath).toBe(place);
});

test('another model, weight file, calibration, option, device or TensorRT is another place', async () => {
  const weights = join(folder, 'weights.bin');
  const places = [await placeOf()];
  places.push(
    await placeOf({ workspaceBytesMax: 1024 }),
    await placeOf({ dlaCore: 0 }),
    await placeOf({ precision: 'int8' }),
  );
  places.push(await placeOf({}, host('10.7.0')), await placeOf({}, host('10.3.0', 9)));
  for (const text of ['a', 'b']) {
    writeFileSync(weights, text);
    places.push(await placeOf({ weightFiles: [weights] }), await placeOf({ calibrationCachePath: weights }));
  }
  writeFileSync(order.onnxPath, 'two');
  places.push(await placeOf());
  expect(new Set(places).size).toBe(places.length);
});

test('a plan without its facts was not written to its end', async () => {
  const plans = join(folder, 'plans');
  const { planPath, isThere } = await planPlace(host(), order, plans);
  expect(isThere).toBe(false);
  writeFileSync(planPath, 'plan');
  expect((await planPlace(host(), order, plans)).isThere).toBe(false);
});

test('the last used stay, with their facts', async () => {
  for (const [index, name] of ['a', 'b', 'c'].entries()) {
    for (const end of ['plan', 'plan.json']) writeFileSync(join(folder, `${name}.${end}`), '');
    utimesSync(join(folder, `${name}.plan`), index, index === 1 ? 100 : index);
  }
  await trimPlans(folder, 2);
  expect(readdirSync(folder).sort()).toEqual(['b.plan', 'b.plan.json', 'c.plan', 'c.plan.json', 'net.onnx']);
});

test('weights beside the model are found as it names them, each once', () => {
  const tensors = [{ externalFile: 'w.bin' }, {}, { externalFile: 'w.bin' }, { externalFile: 'sub/x' }];
  expect(weightFilesOf('/models/net.onnx', tensors)).toEqual(['/models/w.bin', '/models/sub/x']);
});
