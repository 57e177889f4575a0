// The user's own kernel, by NVRTC and by nvcc: it computes right, its mistakes have their lines, and one that traps ends in sentences.

import { join } from 'node:path';
import { type CompilerMessage, parseCompilerLog } from '../../probe/experiments/compiler-log';
import type { Bed, GpuTest } from './bed';
import { type CaseLine, casesOf } from './json-lines';

type Compilers = Readonly<Record<'NVRTC' | 'nvcc', Record<string, string>>>;
const COMPILERS: Compilers = { NVRTC: {}, nvcc: { HOOKANALYZER_NVRTC: '/nowhere/libnvrtc.so' } };

// The lines of own_kernels/broken.cu.
const BROKEN: readonly CompilerMessage[] = [
  { file: 'broken.cu', line: 2, severity: 'warning', text: 'variable "unused" was declared but never referenced' },
  { file: 'broken.cu', line: 4, severity: 'error', text: 'identifier "cuont" is undefined' },
  { file: 'broken.cu', line: 6, severity: 'error', text: 'expected a ";"' },
];

class CompilerCheck {
  constructor(
    private readonly bed: Bed,
    private readonly word: string,
    private readonly env: Record<string, string>,
  ) {}

  private expect(what: string, found: unknown, expected: unknown): void {
    this.bed.expect(`${this.word}: ${what}`, found, expected);
  }

  private source(name: string): string {
    return join(this.bed.kit.work, 'own_kernels', name);
  }

  private compile(name: string, kernel: string): CaseLine | undefined {
    return casesOf(this.bed, 'compile_check', [this.source(name), kernel, '8', '7'], this.env).cases.get('compile');
  }

  /** False when this compiler is not on the machine. */
  run(): boolean {
    const good = this.compile('scale.cu', 'scale');
    this.bed.figures[this.word] = good?.compiler;
    if (!String(good?.compiler).includes(this.word)) return false;
    const sizes = { scale: [8, 4, 4], 'takesPair(float*, Pair)': [8, 12], 'space::reverseBlock(float*)': [8] };
    this.expect('kernels and the sizes of their arguments', good?.kernels, sizes);
    this.expectMistakes();
    this.expectRun();
    this.expectTrap();
    return true;
  }

  private expectMistakes(): void {
    const messages = parseCompilerLog(String(this.compile('broken.cu', 'broken')?.log));
    const byLine = [...messages].sort((left, right) => (left.line ?? 0) - (right.line ?? 0));
    this.expect('mistakes have their lines', byLine, BROKEN);
    const sentence = this.compile('scale.cu', 'nope')?.sentence;
    this.expect(
      'a kernel that is not there',
      /^The file has no kernel nope; it has .*\bscale\b/.test(String(sentence)),
      true,
    );
    this.expect('several kernels and none named', this.compile('scale.cu', '')?.isCompiled, false);
    this.expect(
      'a whole program compiles by nvcc',
      this.compile('whole_program.cu', 'fill')?.kernel,
      'fill(int*, int)',
    );
  }

  private expectRun(): void {
    const { exitCode, stderr, cases } = casesOf(this.bed, 'compiler_check', ['run', this.source('scale.cu')], this.env);
    this.expect('the program ends well', { exitCode, stderr }, { exitCode: 0, stderr: '' });
    for (const kernel of ['scale', 'addStep<5>', 'space::reverseBlock']) {
      const line = cases.get(kernel);
      this.expect(`${kernel} computes right`, line?.wrongCount, 0);
      this.expect(
        `${kernel} has attributes`,
        Number(line?.registerCount) > 0 && line?.threadsPerBlockMax === 1024,
        true,
      );
    }
    const { good, muchShared, after, otherDevice, ...refused } = cases.get('refusals') ?? { case: '' };
    this.expect('launches that are right are not refused', [good, muchShared, after], ['', '', '']);
    this.expect('another device is refused', otherDevice, 'CUDA device 99 cannot be opened.');
    this.expect(
      'launches that are wrong are refused with a sentence',
      Object.values(refused).filter((text) => text === ''),
      [],
    );
    this.expect('too few arguments', refused.tooFewArguments, 'scale takes 3 arguments, but 1 were given.');
  }

  private expectTrap(): void {
    const { exitCode, cases } = casesOf(this.bed, 'compiler_check', ['trap', this.source('trap.cu')], this.env);
    this.expect('a kernel that traps does not end the program', exitCode, 0);
    const { first, second, third } = cases.get('trap') ?? { case: '' };
    const isLost = [first, second, third].map((sentence) => /its CUDA context is lost\.$/.test(String(sentence)));
    this.expect('and each call after it says that the context is lost', isLost, [true, true, true]);
  }
}

/** Memory errors of the program, by NVIDIA's checker, where it is installed. What the driver refuses on purpose does not count. */
function expectNoMemoryErrors(bed: Bed): void {
  const args = ['--tool', 'memcheck', '--report-api-errors', 'no', '--leak-check', 'full', '--error-exitcode', '9'];
  const source = join(bed.kit.work, 'own_kernels', 'scale.cu');
  const run = bed.plain('compute-sanitizer', [...args, bed.program('compiler_check'), 'run', source]);
  bed.figures.memcheck = run.stdout.split('\n').filter((line) => line.includes('SUMMARY'));
  bed.expect('memcheck finds nothing', run.exitCode, 0);
}

export const compiler: GpuTest = async (bed) => {
  const present = Object.entries(COMPILERS).map(([word, env]) => new CompilerCheck(bed, word, env).run());
  bed.expect('there is a compiler', present.includes(true), true);
  if (bed.plain('sh', ['-c', 'command -v compute-sanitizer'], {}).exitCode === 0) expectNoMemoryErrors(bed);
};
