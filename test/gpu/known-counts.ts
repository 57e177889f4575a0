// A CUDA program of ours whose rows are known: the file must hold exactly those.

import { enumWord } from '../../shared/model/enums';
import type { Bed, GpuTest } from './bed';
import { countBy, type Recording, type Row } from './recording';

interface Known {
  readonly kernel: Record<string, number>;
  readonly memcpy: Record<string, number>;
  readonly memset: number;
  readonly memory: Record<string, number>;
  readonly range: Record<string, number>;
  readonly graphNodes: number;
}

/** `void scaleKernel(float*, float, int)` → `scaleKernel`: our programs' kernels have no templates and no namespaces. */
function baseName(name: string): string {
  return name.replace(/^void /, '').split('(')[0];
}

function kernelName(recording: Recording, row: Row<'kernel'>): string {
  return baseName(recording.text(row.source, row.name));
}

// The host side of a copy tells pageable from pinned memory; a copy inside the device has none.
function copyName(row: Row<'memcpy'>): string {
  const direction = enumWord('copyDirection', row.direction);
  const kind = direction === 'deviceToHost' ? row.targetKind : row.sourceKind;
  return `${direction} ${enumWord('memoryKind', kind)}`;
}

function memoryName(row: Row<'memory'>): string {
  return `${enumWord('memoryOperation', row.operation)} ${row.isPool ? 'pool' : enumWord('memoryKind', row.kind)}`;
}

/** Pairs of kernels of one stream that overlap in time. A kernel of a graph may run beside its neighbours, so those are apart. */
export function overlapsWithin(kernels: readonly Row<'kernel'>[]): number {
  const streams = new Map<string, Row<'kernel'>[]>();
  for (const kernel of kernels) {
    const key = `${kernel.source}.${kernel.context}.${kernel.stream}`;
    streams.set(key, [...(streams.get(key) ?? []), kernel]);
  }
  let count = 0;
  for (const rows of streams.values()) {
    rows.sort((a, b) => a.startNs - b.startNs);
    for (let i = 1; i < rows.length; i++) if (rows[i].startNs < rows[i - 1].startNs + rows[i - 1].durationNs) count++;
  }
  return count;
}

/** Kernels whose correlation no API call of their source has. */
export function withoutCall(recording: Recording): number {
  const calls = new Set(recording.rows('api').map((row) => `${row.source}.${row.correlation}`));
  return recording.rows('kernel').filter((row) => !calls.has(`${row.source}.${row.correlation}`)).length;
}

function expectNothingLost(bed: Bed, recording: Recording): void {
  bed.expect('nothing lost', recording.rows('loss'), []);
  bed.expect('no gaps', recording.rows('gap'), []);
}

async function oneProcess(bed: Bed): Promise<void> {
  const plain = bed.plain(bed.program('known_counts'), []);
  const { stdout, exitCode, recording } = await bed.record(bed.program('known_counts'), [], { name: 'known-counts' });
  const known = JSON.parse(stdout) as Known;
  bed.expect(
    'the program prints the same and ends the same',
    { stdout, exitCode },
    { stdout: plain.stdout, exitCode: plain.exitCode },
  );
  const kernels = recording.rows('kernel');
  const named = countBy(kernels, (row) => kernelName(recording, row));
  bed.expect('kernels by name', named, known.kernel);
  bed.expect('copies by direction and host memory', countBy(recording.rows('memcpy'), copyName), known.memcpy);
  bed.expect('fills', recording.rows('memset').length, known.memset);
  bed.expect('allocations and frees by kind', countBy(recording.rows('memory'), memoryName), known.memory);
  bed.expect(
    'ranges by kind',
    countBy(recording.rows('range'), (row) => enumWord('rangeKind', row.kind)),
    known.range,
  );
  const nodes = new Set(kernels.filter((row) => row.graphNode > 0).map((row) => row.graphNode));
  bed.expect('graph nodes', nodes.size, known.graphNodes);
  bed.expect('durations are positive', kernels.filter((row) => !(row.durationNs > 0)).length, 0);
  bed.expect('kernels of one stream do not overlap', overlapsWithin(kernels), 0);
  bed.expect('every kernel has its API call', withoutCall(recording), 0);
  const open = recording.rows('memory').reduce((sum, row) => sum + (row.operation === 1 ? 1 : -1), 0);
  bed.expect('one allocation is never freed', open, 1);
  expectNothingLost(bed, recording);
}

async function severalProcesses(bed: Bed): Promise<void> {
  const { stdout, recording } = await bed.record(bed.program('known_counts'), ['children', '3'], { name: 'children' });
  const known = JSON.parse(stdout) as { kernel: Record<string, number>; processes: number };
  const kernels = recording.rows('kernel');
  bed.expect(
    'kernels of all children',
    countBy(kernels, (row) => kernelName(recording, row)),
    known.kernel,
  );
  bed.expect('one source a process', new Set(kernels.map((row) => row.source)).size, known.processes);
  expectNothingLost(bed, recording);
}

export const knownCounts: GpuTest = async (bed) => {
  await oneProcess(bed);
  await severalProcesses(bed);
};
