// Compares every kernel of a device with the naive reference, on sizes that do not divide the tiles. One file a family.

import type { ComputeDevice, NativeAddon } from '../addon';
import { ceilingChecks } from './ceiling';
import { type Check, CheckBench, type CheckResult } from './check-bench';
import { convChecks } from './conv';
import { convHalfChecks } from './conv-half';
import { elementwiseChecks } from './elementwise';
import { gemmChecks } from './gemm';
import { gemmHalfChecks } from './gemm-half';
import { heartbeatChecks } from './heartbeat';
import { nmsChecks } from './nms';
import { preprocessChecks } from './preprocess';
import { softmaxChecks } from './softmax';
import { tensorChecks } from './tensor';
import { tensorHalfChecks } from './tensor-half';

/** Where the error stands in a line, so that lines align. */
const LABEL_WIDTH = 52;

/** Every family's checks on the device, in the order of the families. */
export function checkKernels(addon: NativeAddon, device: ComputeDevice): CheckResult[] {
  const bench = new CheckBench(addon, device);
  const checks: readonly Check[] = [
    ...gemmChecks(),
    ...gemmHalfChecks(device),
    ...convChecks(),
    ...convHalfChecks(device),
    ...softmaxChecks(),
    ...elementwiseChecks(),
    ...tensorChecks(),
    ...tensorHalfChecks(),
    ...ceilingChecks(),
    ...preprocessChecks(),
    ...nmsChecks(),
    ...heartbeatChecks(),
  ];
  return checks.map((check) => bench.run(check));
}

/** One line for people. */
export function checkSentence({ kernel, errorMax, isGood }: CheckResult): string {
  return `${kernel.padEnd(LABEL_WIDTH)} largest relative error ${errorMax.toExponential(1)}  ${isGood ? 'ok' : 'WRONG'}`;
}
