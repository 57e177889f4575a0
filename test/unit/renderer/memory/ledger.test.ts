import { expect, test } from 'vitest';
import { deriveLedger, type Ledger } from '../../../../app/renderer/model/memory/ledger';
import { SeededRandom } from '../../wire/seeded';

const draw = ({ parts, unknownBytes }: Ledger) => {
  return [...parts.map(({ name, bytes }) => `${name} ${bytes}`), `unknown ${unknownBytes}`].join(', ');
};

test('other is what is left when everything else is known', () => {
  const ledger = deriveLedger({ totalBytes: 100, freeBytes: 20, cachedBytes: 30, cudaBytes: 40 });
  expect(draw(ledger)).toBe('cuda 40, other 10, cached 30, free 20, unknown 0');
});

test('a source that is missing leaves its part and other without a number', () => {
  const noCache = deriveLedger({ totalBytes: 100, freeBytes: 20, cachedBytes: undefined, cudaBytes: 40 });
  expect(draw(noCache)).toBe('cuda 40, other undefined, cached undefined, free 20, unknown 40');
  const noCuda = deriveLedger({ totalBytes: 100, freeBytes: 20, cachedBytes: 30, cudaBytes: undefined });
  expect(draw(noCuda)).toBe('cuda undefined, other undefined, cached 30, free 20, unknown 50');
  const noTotal = deriveLedger({ totalBytes: undefined, freeBytes: 20, cachedBytes: 30, cudaBytes: 40 });
  expect(draw(noTotal)).toBe('cuda 40, other undefined, cached 30, free 20, unknown undefined');
});

test('memory that was allocated and not touched is not in RAM', () => {
  const ledger = deriveLedger({ totalBytes: 100, freeBytes: 20, cachedBytes: 30, cudaBytes: 70 });
  expect(draw(ledger)).toBe('cuda 50, other 0, cached 30, free 20, unknown 0');
  expect(ledger.untouchedBytes).toBe(20);
});

test('the parts of any readings close to the total exactly (seed 3)', () => {
  const random = new SeededRandom(3);
  const maybe = (bytes: number) => (random.below(5) === 0 ? undefined : bytes);
  for (let round = 0; round < 1000; round++) {
    const totalBytes = random.below(2 ** 32) * 4 + 3;
    const part = () => maybe(Math.floor((totalBytes / 1024) * random.below(600)));
    const ledger = deriveLedger({ totalBytes, freeBytes: part(), cachedBytes: part(), cudaBytes: part() });
    const sum = ledger.parts.reduce((all, { bytes }) => all + (bytes ?? 0), ledger.unknownBytes ?? 0);
    expect(sum).toBe(totalBytes);
    expect(ledger.parts.every(({ bytes }) => bytes === undefined || bytes >= 0)).toBe(true);
  }
});
