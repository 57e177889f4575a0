// Hardware counters against a fake CUPTI and a fake driver: every refusal becomes one problem with a remedy, what the chip lacks is left out,
// and all that was opened is closed (the fake ends the program with code 5 otherwise).

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildNativeTests, type NativeTests, type Sanitizer } from './built';

const variants: Sanitizer[] = ['', 'address'];
const OCCUPANCY = 'sm__warps_active.avg.pct_of_peak_sustained_active';
const HIT_RATE = 'lts__t_sector_hit_rate.pct';
const DRAM = 'dram__bytes_read.sum';
const CLEAN = { CUDA_INJECTION64_PATH: '', HOOKANALYZER_ROOT: '', ASAN_OPTIONS: 'detect_leaks=0:exitcode=77' };

const board = mkdtempSync(join(tmpdir(), 'hookanalyzer-board-'));
mkdirSync(join(board, 'etc'));
writeFileSync(join(board, 'etc', 'nv_tegra_release'), '# R36 (release), REVISION: 4.7\n');
afterAll(() => rmSync(board, { recursive: true }));

describe.each(variants)('counters %s', (sanitizer) => {
  let built: NativeTests;
  beforeAll(() => {
    built = buildNativeTests(sanitizer);
  });

  function measure(env: Record<string, string> = {}, metrics = [OCCUPANCY, DRAM, HIT_RATE], device = '0'): string[] {
    const places = { HOOKANALYZER_CUPTI: built.countersCupti, LD_LIBRARY_PATH: built.driverFolder };
    const run = spawnSync(built.countersProgram, [device, ...metrics], {
      env: { ...process.env, ...CLEAN, ...places, ...env },
    });
    expect({ code: run.status, stderr: run.stderr.toString() }).toEqual({ code: 0, stderr: '' });
    return run.stdout.toString().trim().split('\n');
  }

  /** `code` of the only problem; the callable must not have run. */
  function problemOf(env: Record<string, string>, device = '0'): { code: string; sentence: string; remedy: string } {
    const lines = measure(env, [OCCUPANCY], device);
    expect(lines.slice(1)).toEqual(['passes 0', lines[0], 'callable ran 0', lines[0], 'callable ran 0']);
    const [, code, sentence, remedy] = /^problem (\S+) (.*) \| (.*)$/.exec(lines[0]) ?? [];
    expect(sentence).toMatch(/; hardware counters are not measured\.$/);
    return { code, sentence, remedy };
  }

  test('values stand where their metric was asked for, and an absent metric is named', () => {
    expect(measure()).toEqual([
      `absent The chip FAKE has no metric ${DRAM}; it is left out.`,
      'passes 3',
      'kernel 100 nothing 101',
      'callable ran 1',
      'kernel 100 nothing 101',
      'callable ran 1',
    ]);
  });

  test('each kernel has its own values; what is more than sixteen is left out, and said', () => {
    expect(
      measure({ FAKE_CUPTI_RANGES: '2' })
        .filter((line) => line.startsWith('kernel'))
        .slice(0, 2),
    ).toEqual(['kernel 100 nothing 101', 'kernel 200 nothing 201']);
    const many = measure({ FAKE_CUPTI_RANGES: '17' }, [OCCUPANCY]);
    expect(many.filter((line) => line.startsWith('kernel'))).toHaveLength(32);
    expect(many[1]).toMatch(/^problem tooManyKernels More than 16 kernels ran at once/);
    expect(measure({ FAKE_CUPTI_RANGES: '0' }, [OCCUPANCY])[1]).toMatch(/^problem nothingMeasured/);
  });

  test('what the callable throws passes through, and the next measurement works', () => {
    expect(measure({ FAKE_CALLABLE_THROWS: '1' }, [OCCUPANCY])).toEqual([
      'passes 3',
      'thrown from the callable',
      'callable ran 1',
      'kernel 100',
      'callable ran 1',
    ]);
  });

  test('a kernel that fails is a problem of its own', () => {
    const lines = measure({ FAKE_DRIVER_FAILS: '1' }, [OCCUPANCY]);
    expect(lines[1]).toBe(
      'problem kernelFailed A kernel failed while its counters were read (CUDA error 719). | Run it without counters first.',
    );
  });

  test.each([
    'cuptiProfilerInitialize',
    'cuptiProfilerGetCounterAvailability',
    'cuptiProfilerHostInitialize',
    'cuptiRangeProfilerEnable',
  ])('%s refuses for want of privileges', (name) => {
    const problem = problemOf({ FAKE_CUPTI_REFUSES: `${name}=35` });
    expect(problem.code).toBe('countersForbidden');
    expect(problem.remedy).toContain('NVreg_RestrictProfilingToAdminUsers=0');
  });

  test('on a Jetson the remedy is another', () => {
    const problem = problemOf({ FAKE_CUPTI_REFUSES: 'cuptiRangeProfilerEnable=35', HOOKANALYZER_ROOT: board });
    const isRoot = process.getuid?.() === 0;
    expect(problem.code).toBe(isRoot ? 'countersForbidden' : 'profilingNodesClosed');
    expect(problem.remedy).toMatch(/[Rr]un the probe as root/);
  });

  test.each([
    ['cuptiProfilerGetCounterAvailability=26', 'rivalProfiler'],
    ['cuptiRangeProfilerEnable=39', 'rivalProfiler'],
    ['cuptiRangeProfilerEnable=36', 'rivalProfiler'],
    ['cuptiProfilerHostInitialize=27', 'countersUnsupported'],
    ['cuptiRangeProfilerGetCounterDataSize=999', 'countersRefused'],
    ['cuptiProfilerHostGetConfigImage=999', 'countersRefused'],
  ])('%s is %s', (refused, code) => {
    expect(problemOf({ FAKE_CUPTI_REFUSES: refused }).code).toBe(code);
  });

  test.each(['cuptiRangeProfilerStart', 'cuptiRangeProfilerStop', 'cuptiRangeProfilerDecodeData'])(
    '%s fails in the middle: no values, and the second measurement is not tried',
    (name) => {
      const lines = measure({ FAKE_CUPTI_REFUSES: `${name}=999` }, [OCCUPANCY]);
      expect(lines[1]).toMatch(new RegExp(`^problem countersRefused ${name} failed: a fake result \\(999\\)`));
      expect(lines.filter((line) => line.startsWith('kernel'))).toEqual([]);
      expect(lines.at(-1)).toBe('callable ran 0');
    },
  );

  test('no CUPTI, an old one, another tool, no such device, no metric', () => {
    expect(problemOf({ HOOKANALYZER_CUPTI: '/nowhere/libcupti.so' }).code).toBe('cuptiNotFound');
    expect(problemOf({ HOOKANALYZER_CUPTI: built.cupti })).toMatchObject({
      code: 'cuptiTooOld',
      remedy: expect.stringContaining('CUDA 12.6'),
    });
    expect(problemOf({ CUDA_INJECTION64_PATH: '/tool.so' }).sentence).toContain('/tool.so');
    expect(problemOf({ NSYS_PROFILING_SESSION_ID: '1' }).remedy).toBe('Start the program without Nsight Systems.');
    expect(problemOf({}, '7').code).toBe('noDevice');
    expect(measure({}, [DRAM])[0]).toMatch(/^problem metricAbsent The chip FAKE has none of the metrics asked for/);
  });
});
