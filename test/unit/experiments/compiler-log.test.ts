// Logs as NVRTC 13.0 and nvcc 13.0 wrote them.

import { describe, expect, test } from 'vitest';
import { parseCompilerLog } from '../../../probe/experiments/compiler-log';

describe('what both front ends write', () => {
  test('errors and warnings with their lines', () => {
    const log = `broken.cu(4): error: identifier "cuont" is undefined
    if (index < cuont) values[index] = 1.0f;
                ^

broken.cu(6): error: expected a ";"
  }
  ^

broken.cu(2): warning #177-D: variable "unused" was declared but never referenced
    int unused;
        ^

Remark: The warnings can be suppressed with "-diag-suppress <warning-number>"

2 errors detected in the compilation of "broken.cu".
`;
    expect(parseCompilerLog(log)).toEqual([
      { file: 'broken.cu', line: 4, severity: 'error', text: 'identifier "cuont" is undefined' },
      { file: 'broken.cu', line: 6, severity: 'error', text: 'expected a ";"' },
      {
        file: 'broken.cu',
        line: 2,
        severity: 'warning',
        text: 'variable "unused" was declared but never referenced',
      },
    ]);
  });

  test('a template: the note has its own line, and what goes on below a message does not', () => {
    const log = `template.cu(7): error: no instance of function template "pick" matches the argument list
            argument types are: (int, float)
    x[1] = pick(1, 2.0f);
           ^
template.cu(4): note #3327-D: candidate function template "pick" failed deduction
  template <class A, class B> __device__ A pick(A a, A b);
                                           ^

template.cu(2): error: expression must have class type but it has type "float"
    return value + value.missing;
                   ^
          detected during instantiation of "T twice(T) [with T=float]" at line 6

2 errors detected in the compilation of "template.cu".
`;
    expect(parseCompilerLog(log).map(({ line, severity }) => [line, severity])).toEqual([
      [7, 'error'],
      [4, 'note'],
      [2, 'error'],
    ]);
  });

  test('a name that does not exist has a place that is no file of the user', () => {
    const log = `__nv_name_map(2): error: identifier "nope" is undefined
  #pragma nv_mangled_name nope<4>
                          ^
`;
    expect(parseCompilerLog(log)).toEqual([
      { file: '__nv_name_map', line: 2, severity: 'error', text: 'identifier "nope" is undefined' },
    ]);
  });
});

describe('a header that is not there', () => {
  test('by NVRTC', () => {
    const log = `header.cu(2): catastrophic error: cannot open source file "nowhere.h"
  #include "nowhere.h"
                      ^

1 catastrophic error detected in the compilation of "header.cu".
Compilation terminated.
`;
    expect(parseCompilerLog(log)).toEqual([
      { file: 'header.cu', line: 2, severity: 'error', text: 'cannot open source file "nowhere.h"' },
    ]);
  });

  test('by nvcc, whose host compiler counts columns too', () => {
    const log = `header.cu:2:10: fatal error: nowhere.h: No such file or directory
    2 | #include "nowhere.h"
      |          ^~~~~~~~~~~
compilation terminated.
`;
    expect(parseCompilerLog(log)).toEqual([
      { file: 'header.cu', line: 2, severity: 'error', text: 'nowhere.h: No such file or directory' },
    ]);
  });

  test('a directive in the source', () => {
    const nvrtc = 'hash.cu(1): catastrophic error: #error directive: this file is not for you\n';
    const nvcc =
      'hash.cu:1:2: error: #error this file is not for you\nhash.cu:2:2: warning: #warning careful [-Wcpp]\n';
    expect(parseCompilerLog(nvrtc)[0].text).toBe('#error directive: this file is not for you');
    expect(parseCompilerLog(nvcc)).toEqual([
      { file: 'hash.cu', line: 1, severity: 'error', text: '#error this file is not for you' },
      { file: 'hash.cu', line: 2, severity: 'warning', text: '#warning careful [-Wcpp]' },
    ]);
  });
});

describe('what has no line of the source', () => {
  test('the assembler', () => {
    const shared = `ptxas error   : Entry function '_Z8tooLargePf' uses too much shared data (0x40000 bytes, 0xc000 max)\n `;
    expect(parseCompilerLog(shared)).toEqual([
      {
        severity: 'error',
        text: "Entry function '_Z8tooLargePf' uses too much shared data (0x40000 bytes, 0xc000 max)",
      },
    ]);
    for (const place of ['application ptx input', '/tmp/tmpxft_0000421e_00000000-6_assembly.ptx']) {
      const log = `ptxas ${place}, line 29; error   : Not a name of any known instruction: 'nonsense'
ptxas fatal   : Ptx assembly aborted due to errors
`;
      expect(parseCompilerLog(log)).toEqual([
        { severity: 'error', text: "Not a name of any known instruction: 'nonsense'" },
        { severity: 'error', text: 'Ptx assembly aborted due to errors' },
      ]);
    }
  });

  test('the compilers about themselves', () => {
    expect(parseCompilerLog("nvcc fatal   : Unsupported gpu architecture 'sm_35'\n")).toEqual([
      { severity: 'error', text: "Unsupported gpu architecture 'sm_35'" },
    ]);
    expect(parseCompilerLog('nvrtc: error: invalid value for --gpu-architecture (-arch)\n')).toEqual([
      { severity: 'error', text: 'invalid value for --gpu-architecture (-arch)' },
    ]);
  });
});

test('nothing to say, and text that is no message', () => {
  expect(parseCompilerLog('')).toEqual([]);
  expect(parseCompilerLog('1 error detected in the compilation of "a.cu".\n\nabc\r\n(3): error\n')).toEqual([]);
});

test('lines that end as on Windows, and a path with blanks and brackets', () => {
  expect(parseCompilerLog('/tmp/a (b)/my kernel.cu(12): error: expected a declaration\r\n')).toEqual([
    { file: '/tmp/a (b)/my kernel.cu', line: 12, severity: 'error', text: 'expected a declaration' },
  ]);
});

test('a log without end is cut', () => {
  expect(parseCompilerLog('a.cu(1): error: again\n'.repeat(5000))).toHaveLength(1000);
});
