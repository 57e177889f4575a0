import { expect, test } from 'vitest';
import { RangeIndex } from '../../../../app/renderer/model/memory/range-index';
import { enums } from '../../../../shared/model/enums';
import { SeededRandom } from '../../wire/seeded';
import { rangePacket } from './memory-rows';

interface Drawn {
  readonly startNs: number;
  readonly durationNs: number;
  readonly name: number;
  readonly thread: number;
}

function indexOf(ranges: readonly Drawn[]): RangeIndex {
  const index = new RangeIndex();
  append(index, ranges);
  return index;
}

function append(index: RangeIndex, ranges: readonly Drawn[]): void {
  const { rowCount, columns } = rangePacket(ranges);
  index.append(1, rowCount, columns);
}

/** Ranges of one thread, one line each: the digit is the name, its run the time. Inner ones come first, as NVTX sends them. */
function rangesFromDrawing(drawing: string): Drawn[] {
  return drawing
    .split('\n')
    .filter((line) => /\d/.test(line))
    .map((line) => line.slice(line.indexOf('|') + 1))
    .map((line) => {
      const [run] = /\d+/.exec(line) ?? [''];
      return { startNs: line.indexOf(run), durationNs: run.length, name: Number(run[0]), thread: 3 };
    });
}

test('the innermost range that is open is found', () => {
  const index = indexOf(
    rangesFromDrawing(`
      |...33.....
      |......44..
      |..2222222.
      |.111111111`),
  );
  const found = Array.from({ length: 11 }, (_, timeNs) => index.find(1, 3, timeNs) ?? '.').join('');
  expect(found).toBe('.123324421.');
});

test('a range that never ended stays open, a mark is no range, another thread has its own', () => {
  const index = indexOf([{ startNs: 5, durationNs: -1, name: 1, thread: 3 }]);
  expect([index.find(1, 3, 4), index.find(1, 3, 1e15), index.find(1, 4, 6), index.find(2, 3, 6)]).toEqual([
    undefined,
    1,
    undefined,
    undefined,
  ]);
  const { rowCount, columns } = rangePacket([{ startNs: 7, durationNs: 0, name: 2, thread: 3 }]);
  index.append(1, rowCount, { ...columns, kind: Uint8Array.of(enums.rangeKind.mark) });
  expect(index.find(1, 3, 7)).toBe(1);
});

test('times of a name are those of all threads of the source', () => {
  const index = indexOf([
    { startNs: 5, durationNs: 2, name: 1, thread: 3 },
    { startNs: 6, durationNs: 2, name: 1, thread: 4 },
    { startNs: 6, durationNs: 2, name: 2, thread: 4 },
  ]);
  expect(index.timesOf(1, 1)).toEqual([
    { fromNs: 5, toNs: 7 },
    { fromNs: 6, toNs: 8 },
  ]);
  expect(index.timesOf(2, 1)).toEqual([]);
  expect([...(index.names.get(1) ?? [])]).toEqual([
    [1, 2],
    [2, 1],
  ]);
});

test('ranges of any overlap, in any order, agree with a search through all (seed 5)', () => {
  const random = new SeededRandom(5);
  const index = new RangeIndex();
  const all: Drawn[] = [];
  for (let batch = 0; batch < 40; batch++) {
    const ranges = Array.from({ length: 25 }, () => {
      // Starts differ, so that the innermost is one.
      const startNs = all.length * 7 + random.below(4000) + random.below(1000) / 1000;
      return { startNs, durationNs: random.below(9) === 0 ? -1 : random.below(300), name: random.below(50), thread: 3 };
    });
    append(index, ranges);
    all.push(...ranges);
    for (let question = 0; question < 20; question++) {
      const timeNs = random.below(12_000);
      const open = all.filter((each) => {
        return each.startNs <= timeNs && (each.durationNs < 0 || timeNs < each.startNs + each.durationNs);
      });
      const innermost = open.sort((left, right) => right.startNs - left.startNs)[0];
      expect(index.find(1, 3, timeNs)).toBe(innermost?.name);
    }
  }
});
