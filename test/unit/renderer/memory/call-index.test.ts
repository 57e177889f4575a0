import { expect, test } from 'vitest';
import { CallIndex } from '../../../../app/renderer/model/memory/call-index';
import { apiPacket } from './memory-rows';

const callsFrom = (first: number, count: number) => {
  return Array.from({ length: count }, (_, index) => {
    return { startNs: (first + index) * 10, name: 7, thread: 3, correlation: first + index };
  });
};

const wanted = (...correlations: number[]) => Uint32Array.from(correlations);

test('a call is found whether its row comes before or after the memory row that names it', () => {
  const index = new CallIndex();
  const before = apiPacket(callsFrom(1, 5));
  const after = apiPacket(callsFrom(6, 5));
  index.append(1, before.rowCount, before.columns);
  index.want(1, wanted(2, 8), 2);
  expect(index.find(1, 2)).toEqual({ name: 7, thread: 3, startNs: 20, durationNs: 1 });
  expect(index.find(1, 8)).toBeUndefined();
  index.append(1, after.rowCount, after.columns);
  expect(index.find(1, 8)).toMatchObject({ startNs: 80 });
});

test('calls that no memory row names are not kept', () => {
  const index = new CallIndex();
  const { rowCount, columns } = apiPacket(callsFrom(1, 5));
  index.want(1, wanted(2), 1);
  index.append(1, rowCount, columns);
  expect(index.find(1, 3)).toBeUndefined();
});

test('the same correlation of another source is another call, and 0 is none', () => {
  const index = new CallIndex();
  const { rowCount, columns } = apiPacket([...callsFrom(4, 1), { startNs: 1, name: 7, thread: 3, correlation: 0 }]);
  index.want(1, wanted(0, 4), 2);
  index.want(2, wanted(0, 4), 2);
  index.append(1, rowCount, columns);
  expect(index.find(1, 4)).toBeDefined();
  expect(index.find(2, 4)).toBeUndefined();
  expect(index.find(1, 0)).toBeUndefined();
});

test('calls are held for memory rows that come late, 250,000 rows at the most', () => {
  const index = new CallIndex();
  const packetRows = 100_000;
  for (let packet = 0; packet < 5; packet++) {
    const { rowCount, columns } = apiPacket(callsFrom(1 + packet * packetRows, packetRows));
    index.append(1, rowCount, columns);
  }
  index.want(1, wanted(5, 300_000, 300_001, 450_000), 4);
  const isFound = [5, 300_000, 300_001, 450_000].map((each) => index.find(1, each) !== undefined);
  expect(isFound).toEqual([false, false, true, true]);
});
