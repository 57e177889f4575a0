// The user's own kernel, compiled where there is no GPU: by nvcc where it is, and by scripts in its place that do what nvcc does at its worst.

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nvccVersion } from '../../kernels/resources/compile.mjs';
import { parseCompilerLog } from '../../probe/experiments/compiler-log';
import { buildNativeTests, type NativeTests, type Sanitizer } from './built';

interface Answer {
  readonly isCompiled: boolean;
  readonly compiler: string;
  readonly sentence: string;
  readonly remedy: string;
  readonly kernel: string;
  readonly kernels: Readonly<Record<string, number[]>>;
  readonly log: string;
}

const variants: Sanitizer[] = ['', 'address'];
const sources = join(__dirname, '..', 'gpu', 'programs', 'own_kernels');
const folder = mkdtempSync(join(tmpdir(), 'hookanalyzer-compiler-'));
const work = join(folder, 'work');
mkdirSync(work);
afterAll(() => rmSync(folder, { recursive: true }));

/** A program that stands where nvcc would be. */
function script(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
}

function write(name: string, text: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe.each(variants)('compiler %s', (sanitizer) => {
  let built: NativeTests;
  beforeAll(() => {
    built = buildNativeTests(sanitizer);
  });

  function compile(file: string, kernel: string, env: Record<string, string> = {}, capability = ['8', '7']): Answer {
    const places = { HOOKANALYZER_NVRTC: '/nowhere/libnvrtc.so', TMPDIR: work, ASAN_OPTIONS: 'exitcode=77' };
    const run = spawnSync(built.compileCheck, [file, kernel, ...capability], {
      env: { ...process.env, ...places, ...env },
    });
    expect({ code: run.status, stderr: run.stderr.toString() }).toEqual({ code: 0, stderr: '' });
    expect(readdirSync(work)).toEqual([]);
    return JSON.parse(run.stdout.toString());
  }

  const scale = join(sources, 'scale.cu');
  const compileBy = (nvcc: string) => compile(scale, 'scale', { HOOKANALYZER_NVCC: nvcc });

  test('no compiler at all', () => {
    expect(compileBy('/nowhere/nvcc')).toMatchObject({
      isCompiled: false,
      sentence: 'There is no CUDA compiler here: neither NVRTC nor nvcc was found.',
      remedy: expect.stringContaining('cuda-nvrtc'),
    });
  });

  test('an nvcc that cannot start, ends by a signal, fails, or writes nothing', () => {
    const broken = script('broken', '#!/nowhere/sh\n');
    expect(compileBy(broken).sentence).toBe(`${broken} cannot be started.`);
    expect(compileBy(script('killed', '#!/bin/sh\nkill -9 $$\n')).sentence).toBe('nvcc was ended by a signal.');
    const failing = compileBy(script('failing', '#!/bin/sh\necho "nvcc fatal   : $7 is not for me" >&2\nexit 1\n'));
    expect(failing.sentence).toBe('The source does not compile; the log says why.');
    // The name as the user gave it, without the temporary folder.
    expect(parseCompilerLog(failing.log)).toEqual([{ severity: 'error', text: 'scale.cu is not for me' }]);
    expect(compileBy(script('idle', '#!/bin/sh\n')).isCompiled).toBe(false);
  });

  test('what nvcc made is no machine code', () => {
    const garbage = script('garbage', '#!/bin/sh\necho garbage > "$6"\n');
    expect(compileBy(garbage).sentence).toBe('The file has no kernel.');
  });

  test('a log without end is cut', () => {
    const talking = script('talking', '#!/bin/sh\nyes "error: again" | head -c 1000000 >&2\nexit 1\n');
    expect(compileBy(talking).log).toHaveLength(256 << 10);
  });

  test('a source that is no text', () => {
    const binary = write('binary.cu', Buffer.from([0x61, 0, 0x62]));
    expect(compile(binary, '').sentence).toBe('The source is no text of at most 4 MiB.');
    expect(compile(write('large.cu', ' '.repeat((4 << 20) + 1)), '').isCompiled).toBe(false);
  });

  test('a file name that means something to a shell is not used', () => {
    const odd = write('a;b $(c).cu', 'text');
    const failing = script('named', '#!/bin/sh\necho "nvcc fatal   : $7" >&2\nexit 1\n');
    expect(compile(odd, '', { HOOKANALYZER_NVCC: failing }).log).toBe('nvcc fatal   : kernel.cu\n');
  });

  describe.skipIf(nvccVersion() === undefined && !process.env.CI)('nvcc', () => {
    test('kernels, the sizes of their arguments, and a template by its types', () => {
      const kernels = { scale: [8, 4, 4], 'takesPair(float*, Pair)': [8, 12], 'space::reverseBlock(float*)': [8] };
      expect(compile(scale, 'scale')).toMatchObject({
        isCompiled: true,
        sentence: '',
        log: '',
        kernel: 'scale',
        kernels,
      });
      expect(compile(scale, 'addStep< 5 >', {}, ['9', '0'])).toMatchObject({
        kernel: 'void addStep<5>(float*, int)',
        kernels: { ...kernels, 'void addStep<5>(float*, int)': [8, 4] },
      });
      expect(compile(scale, 'space::reverseBlock').kernel).toBe('space::reverseBlock(float*)');
      expect(compile(join(sources, 'whole_program.cu'), 'fill').kernel).toBe('fill(int*, int)');
    });

    test('a name that is missing or not there', () => {
      expect(compile(scale, '').sentence).toMatch(/^The file has several kernels: .*scale/);
      expect(compile(scale, 'nope').sentence).toMatch(/^The file has no kernel nope; it has .*scale/);
      const { isCompiled, log } = compile(scale, 'nope<4>');
      expect({ isCompiled, first: parseCompilerLog(log)[0] }).toMatchObject({
        isCompiled: false,
        first: { file: 'kernel name', text: 'identifier "nope" is undefined' },
      });
      expect(compile(write('none.cu', 'int x;\n'), '').sentence).toBe('The file has no kernel.');
    });

    test('mistakes have their lines', () => {
      const messages = parseCompilerLog(compile(join(sources, 'broken.cu'), '').log);
      const errors = messages.filter(({ severity }) => severity === 'error');
      expect(errors.map(({ file, line }) => [file, line])).toEqual([
        ['broken.cu', 4],
        ['broken.cu', 6],
      ]);
      expect(messages.find(({ severity }) => severity === 'warning')).toMatchObject({ file: 'broken.cu', line: 2 });
    });

    test('a chip that it does not know', () => {
      const { log, isCompiled } = compile(scale, 'scale', {}, ['1', '0']);
      expect({ isCompiled, messages: parseCompilerLog(log) }).toMatchObject({
        isCompiled: false,
        messages: [{ severity: 'error', text: "Unsupported gpu architecture 'sm_10'" }],
      });
    });
  });
});
