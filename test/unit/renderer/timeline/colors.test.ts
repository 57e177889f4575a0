import { expect, test } from 'vitest';
import { colorOfName, cssColor, hashOfName, needsDarkInk, paleColor } from '../../../../app/renderer/model/colors';
import type { SliceName, SliceTable } from '../../../../app/renderer/model/timeline/names';
import { shortNameOf } from '../../../../app/renderer/model/timeline/short-name';

const nameOf = (table: SliceTable, text: string, variant = 0, argb = 0): SliceName => {
  return { table, text, shortText: text, variant, argb, rowCount: 0 };
};
const colorOf = (name: SliceName) => colorOfName(name, 'default', 'dark');

test('a kernel keeps its colour whatever digits are in its name', () => {
  expect(hashOfName('gemm_128x64')).toBe(hashOfName('gemm_64x8'));
  expect(colorOf(nameOf('kernel', 'gemm<4, 8>'))).toBe(colorOf(nameOf('kernel', 'gemm<16, 2>')));
  const colors = new Set(
    ['relu', 'gemm', 'softmax', 'im2col', 'add', 'conv'].map((text) => colorOf(nameOf('kernel', text))),
  );
  expect(colors.size).toBeGreaterThan(2);
});

test.each(['default', 'colorBlind'] as const)('%s: copies, waits and overhead are told apart', (palette) => {
  for (const theme of ['dark', 'light'] as const) {
    const names = [
      nameOf('memcpy', '', 1),
      nameOf('memcpy', '', 2),
      nameOf('memcpy', '', 8),
      nameOf('memset', ''),
      nameOf('sync', ''),
      nameOf('overhead', ''),
    ];
    const colors = names.map((name) => colorOfName(name, palette, theme));
    expect(new Set(colors).size).toBe(names.length);
  }
});

test('a range keeps the colour it was given, in ARGB', () => {
  expect(cssColor(colorOf(nameOf('range', 'x', 0, 0x80112233)))).toBe('rgba(17,34,51,1.000)');
});

test('pale is the same colour, seen through', () => {
  const color = colorOf(nameOf('memcpy', '', 1));
  expect(paleColor(color) & 0xffffff).toBe(color & 0xffffff);
  expect(paleColor(color) >>> 24).toBeLessThan(0x60);
});

test('letters are dark on light colours', () => {
  expect([needsDarkInk(0xffffffff), needsDarkInk(0xff000000)]).toEqual([true, false]);
});

test.each([
  ['void at::native::copy<float, 4>(int, float*)', 'copy'],
  ['volta_sgemm_128x64_nn', 'volta_sgemm_128x64_nn'],
  ['void (anonymous namespace)::softmax<A<B>, 3>(A<B> const&)', 'softmax'],
  ['flash::fwd<Traits<64, (bool)1>>(Params)', 'fwd'],
  ['bool operator<(X const&, X const&)', 'bool operator<(X const&, X const&)'],
  ['broken<', 'broken<'],
  ['', ''],
])('%s is shown as %s', (name, short) => {
  expect(shortNameOf(name)).toBe(short);
});
