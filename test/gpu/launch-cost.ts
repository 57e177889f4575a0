// What recording costs a program that does nothing but launch, beside no profiling and beside torch.profiler, all in one run and
// in turn, so that a machine that drifts drifts for all.

import type { Bed, GpuTest } from './bed';
import { median } from './recording';

const LAUNCHES = 300_000;
const TORCH_LAUNCHES = 200_000;
const TURNS = 5;

async function lost(bed: Bed): Promise<void> {
  const { recording, result } = await bed.record(bed.program('launch_cost'), [String(LAUNCHES), '1'], {
    name: 'lost',
    kinds: ['kernel', 'memcpy', 'memory'],
  });
  bed.expect(`${LAUNCHES} launches in one go: kernels in the file`, recording.rows('kernel').length, LAUNCHES + 1000);
  bed.expect('nothing lost', recording.rows('loss'), []);
  bed.figures.lostRecords = result.lost;
}

async function perKernel(bed: Bed): Promise<void> {
  const rounds: Record<'none' | 'kernelMemcpyMemory' | 'default', number[]> = {
    none: [],
    kernelMemcpyMemory: [],
    default: [],
  };
  const args = [String(LAUNCHES), '1'];
  for (let turn = 0; turn < TURNS; turn++) {
    rounds.none.push(Number(bed.plain(bed.program('launch_cost'), args).stdout));
    const few = await bed.record(bed.program('launch_cost'), args, {
      name: `cost-few-${turn}`,
      kinds: ['kernel', 'memcpy', 'memory'],
    });
    rounds.kernelMemcpyMemory.push(Number(few.stdout));
    const all = await bed.record(bed.program('launch_cost'), args, { name: `cost-all-${turn}` });
    rounds.default.push(Number(all.stdout));
  }
  bed.figures.launchUs = rounds;
  bed.figures.addedUs = {
    'kernel, memcpy, memory (figure: 1.0)': median(rounds.kernelMemcpyMemory) - median(rounds.none),
    'all default kinds': median(rounds.default) - median(rounds.none),
  };
}

interface TorchTime {
  readonly launchUs: number;
  readonly afterSec: number;
}

async function besideTorch(bed: Bed): Promise<void> {
  const modes: Record<string, TorchTime[]> = { none: [], ours: [], torchCuda: [], torchCpuAndCuda: [] };
  const script = bed.script('torch_launches.py');
  const count = String(TORCH_LAUNCHES);
  const run = (mode: string) => JSON.parse(bed.plain('python3', [script, count, mode]).stdout) as TorchTime;
  for (let turn = 0; turn < 3; turn++) {
    modes.none.push(run('none'));
    const ours = await bed.record('python3', [script, count, 'none'], {
      name: `torch-ours-${turn}`,
      kinds: ['kernel', 'memcpy', 'memory'],
    });
    modes.ours.push(JSON.parse(ours.stdout) as TorchTime);
    modes.torchCuda.push(run('cuda'));
    modes.torchCpuAndCuda.push(run('both'));
  }
  const added = (mode: string) =>
    median(modes[mode].map((each) => each.launchUs)) - median(modes.none.map((each) => each.launchUs));
  bed.figures.torch = {
    times: modes,
    addedUs: { ours: added('ours'), torchCuda: added('torchCuda'), torchCpuAndCuda: added('torchCpuAndCuda') },
    oursOverTorchCuda: added('ours') / added('torchCuda'),
    'oursOverTorchCpuAndCuda (figure: 0.5)': added('ours') / added('torchCpuAndCuda'),
  };
}

export const launchCost: GpuTest = async (bed) => {
  await lost(bed);
  await perKernel(bed);
  await besideTorch(bed);
};
