// The child process that runs workloads: runner.js demo --addon PATH [--seconds N] [--threads N] [--device cpu|auto]

import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { FailureError } from '../../shared/util/failure';
import { loadAddon } from './addon';
import { Network } from './network';
import { ProbeConnection } from './probe-connection';

const USAGE = 'Usage: runner demo --addon PATH [--seconds N] [--threads N]';
const SEND_MS = 50;
/** The checksum is taken over so many first inferences, so that it does not depend on the machine's speed. */
const CHECKED_INFERENCES = 10;

function stopWith(code: number, sentence: string): never {
  process.stderr.write(`runner: ${sentence}\n`);
  process.exit(code);
}

interface Options {
  readonly addonPath: string;
  readonly seconds: number;
  readonly threads: number;
}

function parse(): Options {
  try {
    const { values, positionals } = parseArgs({
      options: { addon: { type: 'string' }, seconds: { type: 'string' }, threads: { type: 'string' } },
      allowPositionals: true,
    });
    const seconds = Number(values.seconds ?? 3);
    const threads = Number(values.threads ?? Math.min(16, availableParallelism()));
    if (positionals.join(' ') !== 'demo' || !values.addon) stopWith(2, USAGE);
    if (!(seconds > 0) || !Number.isInteger(threads) || threads < 1)
      stopWith(2, `seconds and threads are numbers above 0. ${USAGE}`);
    return { addonPath: values.addon as string, seconds, threads };
  } catch (error) {
    return stopWith(2, `${(error as Error).message.split('\n')[0]} ${USAGE}`);
  }
}

async function demo({ addonPath, seconds, threads }: Options): Promise<void> {
  const addon = loadAddon(addonPath);
  let isInterrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      isInterrupted = true;
    });
  }
  const connection = await ProbeConnection.open((kinds) => device.setKinds(kinds));
  const { epochNs, sourceId, kinds } = connection?.start ?? {
    epochNs: process.hrtime.bigint(),
    sourceId: 0,
    kinds: [],
  };
  const device = new addon.CpuDevice({ threads, epochNs, sourceId });
  device.setKinds(kinds);
  const network = new Network(device);
  const beganMs = performance.now();
  let sentMs = beganMs;
  let inferenceCount = 0;
  let checksum = 0;
  while (!isInterrupted && performance.now() - beganMs < seconds * 1000) {
    const sum = network.infer((inferenceCount % 2) as 0 | 1);
    if (inferenceCount < CHECKED_INFERENCES) checksum += sum;
    inferenceCount++;
    if (performance.now() - sentMs < SEND_MS) continue;
    sentMs = performance.now();
    connection?.send(device.takePackets());
    await new Promise((resolve) => setImmediate(resolve));
  }
  const tookSec = (performance.now() - beganMs) / 1000;
  network.close();
  connection?.send(device.takePackets());
  await connection?.close();
  const rate = (inferenceCount / tookSec).toFixed(1);
  process.stdout.write(
    `${inferenceCount} inferences on the CPU (${threads} threads), ${rate} a second, checksum ${checksum.toFixed(6)}\n`,
  );
}

demo(parse()).catch((error: unknown) => {
  if (error instanceof FailureError) stopWith(1, error.message);
  throw error;
});
