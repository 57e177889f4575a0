// Hardware counters of kernels whose access pattern and occupancy are known, by the range profiler as the addon uses it.

import type { Bed, GpuTest } from './bed';
import { type CaseLine, casesOf } from './json-lines';

const OCCUPANCY = 'sm__warps_active.avg.pct_of_peak_sustained_active';
const SECTORS_PER_LOAD = 'l1tex__average_t_sectors_per_request_pipe_lsu_mem_global_op_ld.ratio';
const SECTORS_PER_STORE = 'l1tex__average_t_sectors_per_request_pipe_lsu_mem_global_op_st.ratio';
const L2_HIT_RATE = 'lts__t_sector_hit_rate.pct';
const DRAM_READ_BYTES = 'dram__bytes_read.sum';
const NO_SUCH_METRIC = 'hookanalyzer__no_such_metric.sum';

type Values = Readonly<Record<string, number | null>>;

function kernelsOf(line: CaseLine | undefined): readonly Values[] {
  return (line?.kernels ?? []) as readonly Values[];
}

function isWithin(value: number | null | undefined, low: number, high: number): boolean {
  return typeof value === 'number' && value >= low && value <= high;
}

function expectAccess(bed: Bed, cases: ReadonlyMap<string, CaseLine>, absent: readonly string[]): void {
  const [copy] = kernelsOf(cases.get('copy'));
  const [stride] = kernelsOf(cases.get('stride'));
  bed.expect(
    'neighbours read and write 4 sectors a request',
    [copy?.[SECTORS_PER_LOAD], copy?.[SECTORS_PER_STORE]],
    [4, 4],
  );
  bed.expect('a stride of 128 bytes reads 32 sectors a request', stride?.[SECTORS_PER_LOAD], 32);
  // Every sector is read once; what is written goes through the L2 cache too, where it counts as found.
  bed.expect('half of a large copy hits the L2 cache', isWithin(copy?.[L2_HIT_RATE], 40, 60), true);
  if (absent.some((sentence) => sentence.includes(DRAM_READ_BYTES))) return; // Tegra: no DRAM of its own
  const bytes = Number(cases.get('copy')?.bytes);
  bed.expect(
    'a copy reads each byte from DRAM once',
    isWithin(copy?.[DRAM_READ_BYTES], 0.95 * bytes, 1.1 * bytes),
    true,
  );
}

function expectBadCases(bed: Bed, cases: ReadonlyMap<string, CaseLine>): void {
  bed.expect(
    'a callable without a kernel is said',
    /^nothingMeasured/.test(String(cases.get('nothing')?.problem)),
    true,
  );
  const many = cases.get('many');
  bed.expect('twenty kernels: sixteen are measured', kernelsOf(many).length, 16);
  bed.expect('and that is said', /^tooManyKernels/.test(String(many?.problem)), true);
  bed.expect('what the callable throws passes through', cases.get('throws')?.thrown, 'from the callable');
  bed.expect('and the next measurement works', kernelsOf(cases.get('afterThrow'))[0]?.[SECTORS_PER_LOAD], 4);
  bed.expect('a second session works', kernelsOf(cases.get('copyAgain'))[0]?.[SECTORS_PER_LOAD], 4);
  bed.expect('a session without a metric says so', cases.get('noMetric')?.code, 'metricAbsent');
}

function expectProblem(bed: Bed, env: Record<string, string>, code: string): void {
  const line = casesOf(bed, 'counters_check', ['problem'], env).cases.get('problem');
  bed.expect(`${Object.keys(env)[0]}: ${code}, with a remedy`, [line?.code, line?.remedy !== ''], [code, true]);
}

export const counters: GpuTest = async (bed) => {
  const { exitCode, stderr, cases } = casesOf(bed, 'counters_check', []);
  bed.expect('the program ends well', { exitCode, stderr }, { exitCode: 0, stderr: '' });
  expectProblem(bed, { HOOKANALYZER_CUPTI: '/nowhere/libcupti.so' }, 'cuptiNotFound');
  expectProblem(bed, { CUDA_INJECTION64_PATH: '/nowhere/tool.so' }, 'rivalProfiler');
  const session = cases.get('session');
  bed.figures.session = session;
  if (session?.code !== '') {
    bed.expect('a machine without counters says what to do', session?.remedy !== '', true);
    return;
  }
  const absent = session.absent as readonly string[];
  bed.expect(
    'a metric that no chip has is named',
    absent.some((sentence) => sentence.includes(NO_SUCH_METRIC)),
    true,
  );
  expectAccess(bed, cases, absent);
  const occupancy = cases.get('occupancy');
  const theoretical = Number(occupancy?.theoreticalPercent);
  const achieved = kernelsOf(occupancy)[0]?.[OCCUPANCY];
  bed.expect(
    'achieved occupancy comes close to the theoretical',
    isWithin(achieved, 0.9 * theoretical, 1.01 * theoretical),
    true,
  );
  const replay = cases.get('replay');
  bed.expect('replay leaves memory as one run does', [replay?.wrongCount, kernelsOf(replay).length], [0, 2]);
  bed.expect('replay needed several passes', Number(replay?.passCount) > 1, true);
  expectBadCases(bed, cases);
  bed.figures.copy = cases.get('copy');
  bed.figures.stride = cases.get('stride');
  bed.figures.occupancy = occupancy;
};
