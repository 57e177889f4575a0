import { expect, test } from 'vitest';
import {
  type AddressMap,
  BREAK_PX,
  blockAtPx,
  layOutAddressMap,
  ROW_PX_MIN,
  recencyRatio,
  SECTION_PX,
} from '../../../../app/renderer/model/memory/address-map';
import { SeededRandom } from '../../wire/seeded';

interface DrawnBlock {
  readonly section?: number;
  readonly address: number;
  readonly bytes: number;
  readonly isLive?: boolean;
  readonly ageNs?: number;
}

function blocksOf(blocks: readonly DrawnBlock[]) {
  return {
    section: Uint16Array.from(blocks, ({ section }) => section ?? 0),
    address: Float64Array.from(blocks, ({ address }) => address),
    bytes: Float64Array.from(blocks, ({ bytes }) => bytes),
    isLive: Uint8Array.from(blocks, ({ isLive }) => (isLive === false ? 0 : 1)),
    ageNs: Float64Array.from(blocks, ({ ageNs }) => ageNs ?? 0),
  };
}

const drawRows = ({ rows }: AddressMap) => {
  return rows.map(({ kind, address, unusedBytes }) => {
    return `${kind} 0x${address.toString(16)}${unusedBytes === 0 ? '' : ` +0x${unusedBytes.toString(16)}`}`;
  });
};

test('rows cover a fixed number of bytes, one empty row is drawn, a longer run is folded', () => {
  const map = layOutAddressMap(
    blocksOf([
      { address: 0x1800, bytes: 0x1000 },
      { address: 0x4000, bytes: 0x100 },
      { address: 0x9000, bytes: 0x100 },
    ]),
    100,
    1000,
  );
  expect(map.rowBytes).toBe(0x1000);
  expect(drawRows(map)).toEqual([
    'section 0x1000',
    'addresses 0x1000',
    'addresses 0x2000',
    'addresses 0x3000',
    'addresses 0x4000',
    'break 0x5000 +0x4000',
    'addresses 0x9000',
  ]);
});

test('a block over the end of a row goes on in the next', () => {
  const map = layOutAddressMap(blocksOf([{ address: 0x1800, bytes: 0x1400 }]), 100, SECTION_PX + 2 * ROW_PX_MIN);
  expect([...map.xPx]).toEqual([50, 0]);
  expect([...map.rectWidthPx]).toEqual([50, 75]);
  expect([...map.yPx]).toEqual([SECTION_PX, SECTION_PX + ROW_PX_MIN]);
  expect(map.heightPx).toBe(SECTION_PX + 2 * ROW_PX_MIN);
});

test('with less room a row covers more bytes', () => {
  const blocks = blocksOf([{ address: 0, bytes: 64 * 4096 }]);
  expect(layOutAddressMap(blocks, 100, SECTION_PX + 64 * ROW_PX_MIN).rowBytes).toBe(4096);
  expect(layOutAddressMap(blocks, 100, SECTION_PX + 63 * ROW_PX_MIN).rowBytes).toBe(8192);
});

test('sections do not share rows, even at the same address', () => {
  const map = layOutAddressMap(
    blocksOf([
      { section: 0, address: 0, bytes: 16 },
      { section: 1, address: 0, bytes: 16 },
    ]),
    100,
    100,
  );
  expect(map.rows.map(({ kind, section }) => `${kind} ${section}`)).toEqual([
    'section 0',
    'addresses 0',
    'section 1',
    'addresses 1',
  ]);
  expect(map.yPx[1]).toBe(map.rows[3].yPx);
});

test('a live block lies over a freed one, and the latest freed over the ones before', () => {
  const map = layOutAddressMap(
    blocksOf([
      { address: 0, bytes: 2048, isLive: false, ageNs: 5 },
      { address: 0, bytes: 4096, isLive: false, ageNs: 50 },
      { address: 0, bytes: 1024 },
    ]),
    80,
    100,
  );
  const y = map.rows[1].yPx;
  expect([blockAtPx(map, 10, y), blockAtPx(map, 30, y), blockAtPx(map, 70, y)]).toEqual([2, 0, 1]);
  expect(blockAtPx(map, 10, 0)).toBeUndefined();
  expect(blockAtPx(map, 10, map.heightPx)).toBeUndefined();
});

test('a break has its height and nothing in it', () => {
  const map = layOutAddressMap(
    blocksOf([
      { address: 0, bytes: 4096 },
      { address: 2 ** 40, bytes: 4096 },
    ]),
    80,
    100,
  );
  const [, , gap] = map.rows;
  expect([gap.kind, gap.heightPx]).toEqual(['break', BREAK_PX]);
  expect(blockAtPx(map, 40, gap.yPx + 1)).toBeUndefined();
});

test('many blocks narrower than a pixel cost one rectangle a pixel', () => {
  const blocks = Array.from({ length: 4096 }, (_, index) => ({ address: index * 256, bytes: 200 }));
  const map = layOutAddressMap(blocksOf(blocks), 100, SECTION_PX + ROW_PX_MIN);
  expect(map.rowBytes).toBe(2 ** 20);
  expect(map.block.length).toBe(100);
});

test('every visible block is found at its own place (seed 7)', () => {
  const random = new SeededRandom(7);
  const blocks: DrawnBlock[] = [];
  let address = 0x7f00_0000_0000;
  for (let index = 0; index < 300; index++) {
    address += random.below(10) === 0 ? 2 ** 33 : random.below(2 ** 20);
    const bytes = 2 ** 16 + random.below(2 ** 21);
    blocks.push({ address, bytes });
    address += bytes;
  }
  const map = layOutAddressMap(blocksOf(blocks), 800, 600);
  for (let rect = 0; rect < map.block.length; rect++) {
    const x = map.xPx[rect] + map.rectWidthPx[rect] / 2;
    const y = map.yPx[rect] + map.rectHeightPx[rect] / 2;
    const { address, bytes } = blocks[blockAtPx(map, x, y) ?? -1];
    const row = map.rows.find((each) => each.kind === 'addresses' && y >= each.yPx && y < each.yPx + each.heightPx);
    const pointed = (row?.address ?? 0) + (x / 800) * map.rowBytes;
    const onePx = map.rowBytes / 800;
    expect(pointed).toBeGreaterThanOrEqual(address - onePx);
    expect(pointed).toBeLessThan(address + bytes + onePx);
  }
});

test('nothing is an empty map', () => {
  expect(layOutAddressMap(blocksOf([]), 100, 100)).toMatchObject({ rows: [], heightPx: 0 });
});

test('what is recent is bright, a quarter less for each factor of ten', () => {
  expect([0, 1e6, 1e7, 1e8, 1e10, 1e12].map(recencyRatio)).toEqual([1, 1, 0.75, 0.5, 0, 0]);
});
