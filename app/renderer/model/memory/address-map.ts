// Blocks as rectangles on rows of a fixed number of bytes. Each section begins with a header; runs of unused rows are folded into a
// break:
//
//   section   device memory, GPU 0
//   addresses 0x7f0000000000  ██████  ███
//   break     ≈ 3.2 GiB unused ≈
//   addresses 0x7f00cc000000  ██ █
//
// Freed blocks lie under live ones, the latest freed on top.

/** Blocks to draw, by section and address. All arrays have one entry a block. */
export interface MapBlocks {
  readonly section: ArrayLike<number>;
  readonly address: ArrayLike<number>;
  readonly bytes: ArrayLike<number>;
  readonly isLive: ArrayLike<number>;
  /** Since it was allocated, or freed. */
  readonly ageNs: ArrayLike<number>;
}

export interface MapRow {
  readonly kind: 'section' | 'addresses' | 'break';
  readonly yPx: number;
  readonly heightPx: number;
  readonly section: number;
  /** First byte of the row, or of the unused run. */
  readonly address: number;
  /** Unused run of a break; else 0. */
  readonly unusedBytes: number;
}

export interface AddressMap {
  readonly widthPx: number;
  /** May be more than was asked for. */
  readonly heightPx: number;
  /** Bytes a row of addresses covers; a power of two. */
  readonly rowBytes: number;
  readonly rows: readonly MapRow[];
  /** Rectangles in order of drawing; all arrays have one entry each. */
  readonly xPx: Float32Array<ArrayBuffer>;
  readonly yPx: Float32Array<ArrayBuffer>;
  readonly rectWidthPx: Float32Array<ArrayBuffer>;
  readonly rectHeightPx: Float32Array<ArrayBuffer>;
  /** Index of the blocks given. */
  readonly block: Uint32Array<ArrayBuffer>;
  readonly isLive: Uint8Array<ArrayBuffer>;
  /** 1 just now .. 0 long ago */
  readonly recencyRatio: Float32Array<ArrayBuffer>;
}

export const SECTION_PX = 20;
export const BREAK_PX = 12;
export const ROW_PX_MIN = 9;
export const ROW_PX_MAX = 22;
/** Runs of at most so many empty rows are drawn as they are. */
const EMPTY_ROW_COUNT_MAX = 1;
const ROW_BYTES_MIN = 4096;
/** A row that covers this much covers every address. */
const ROW_BYTES_MAX = 2 ** 52;

/** 1 for what happened within a millisecond, 0 for 10 s and more ago; each factor of ten dims it by a quarter. */
export function recencyRatio(ageNs: number): number {
  return Math.min(1, Math.max(0, 1 - Math.log10(Math.max(ageNs, 1) / 1e6) / 4));
}

/** Lays the blocks out in at least widthPx × heightPx; fewer bytes a row the more room there is. */
export function layOutAddressMap(blocks: MapBlocks, widthPx: number, heightPx: number): AddressMap {
  let rowBytes = leastRowBytes(blocks, heightPx);
  let runs = runsOf(blocks, rowBytes);
  while (heightOf(runs, ROW_PX_MIN) > heightPx && rowBytes < ROW_BYTES_MAX) {
    rowBytes *= 2;
    runs = runsOf(blocks, rowBytes);
  }
  const addressRowCount = runs.reduce((sum, { rowCount }) => sum + rowCount, 0);
  const roomPx = Math.floor((heightPx - heightOf(runs, 0)) / Math.max(1, addressRowCount));
  const rowPx = Math.min(ROW_PX_MAX, Math.max(ROW_PX_MIN, roomPx));
  const rows = rowsOf(runs, rowBytes, rowPx);
  const rects = new Rects(blocks, runs, rowBytes, rowPx, widthPx);
  return { widthPx, heightPx: heightOf(runs, rowPx), rowBytes, rows, ...rects.inDrawingOrder() };
}

/** Fewer bytes a row cannot do: live blocks do not overlap, and all of them have to be shown. */
function leastRowBytes({ bytes, isLive }: MapBlocks, heightPx: number): number {
  let liveBytes = 0;
  for (let index = 0; index < bytes.length; index++) if (isLive[index] !== 0) liveBytes += bytes[index];
  let rowBytes = ROW_BYTES_MIN;
  while (rowBytes * Math.max(1, heightPx / ROW_PX_MIN) < liveBytes && rowBytes < ROW_BYTES_MAX) rowBytes *= 2;
  return rowBytes;
}

/** The topmost block at a point of the map (index of the blocks given), or undefined. */
export function blockAtPx(map: AddressMap, xPx: number, yPx: number): number | undefined {
  for (let rect = map.block.length - 1; rect >= 0; rect--) {
    if (yPx < map.yPx[rect] || yPx >= map.yPx[rect] + map.rectHeightPx[rect]) continue;
    if (xPx >= map.xPx[rect] && xPx < map.xPx[rect] + map.rectWidthPx[rect]) return map.block[rect];
  }
  return undefined;
}

/** Rows without a break between them. Rows are counted from address 0. */
interface Run {
  readonly section: number;
  readonly isFirst: boolean;
  readonly firstRow: number;
  rowCount: number;
  /** Of its first row of addresses; known once the height of a row is. */
  yPx: number;
}

function runsOf(blocks: MapBlocks, rowBytes: number): Run[] {
  const runs: Run[] = [];
  for (let index = 0; index < blocks.address.length; index++) {
    const firstRow = Math.floor(blocks.address[index] / rowBytes);
    const lastRow = lastRowOf(blocks, index, rowBytes);
    const section = blocks.section[index];
    const run: Run | undefined = runs[runs.length - 1];
    const isFirst = run?.section !== section;
    if (isFirst || firstRow > run.firstRow + run.rowCount + EMPTY_ROW_COUNT_MAX) {
      runs.push({ section, isFirst, firstRow, rowCount: lastRow - firstRow + 1, yPx: 0 });
    } else run.rowCount = Math.max(run.rowCount, lastRow - run.firstRow + 1);
  }
  return runs;
}

function lastRowOf({ address, bytes }: MapBlocks, index: number, rowBytes: number): number {
  return Math.floor((address[index] + Math.max(1, bytes[index]) - 1) / rowBytes);
}

function heightOf(runs: readonly Run[], rowPx: number): number {
  return runs.reduce((sum, { isFirst, rowCount }) => sum + (isFirst ? SECTION_PX : BREAK_PX) + rowCount * rowPx, 0);
}

/** Also gives the runs their place. */
function rowsOf(runs: readonly Run[], rowBytes: number, rowPx: number): MapRow[] {
  const rows: MapRow[] = [];
  let yPx = 0;
  const add = (kind: MapRow['kind'], heightPx: number, section: number, address: number, unusedBytes: number) => {
    rows.push({ kind, yPx, heightPx, section, address, unusedBytes });
    yPx += heightPx;
  };
  for (const [index, run] of runs.entries()) {
    const { section, firstRow, rowCount } = run;
    if (run.isFirst) add('section', SECTION_PX, section, firstRow * rowBytes, 0);
    else {
      const unusedFrom = runs[index - 1].firstRow + runs[index - 1].rowCount;
      add('break', BREAK_PX, section, unusedFrom * rowBytes, (firstRow - unusedFrom) * rowBytes);
    }
    run.yPx = yPx;
    for (let row = 0; row < rowCount; row++) add('addresses', rowPx, section, (firstRow + row) * rowBytes, 0);
  }
  return rows;
}

class Rects {
  private readonly xPx: number[] = [];
  private readonly yPx: number[] = [];
  private readonly widthsPx: number[] = [];
  private readonly block: number[] = [];

  constructor(
    private readonly blocks: MapBlocks,
    private readonly runs: readonly Run[],
    private readonly rowBytes: number,
    private readonly rowPx: number,
    private readonly widthPx: number,
  ) {}

  inDrawingOrder() {
    const { isLive, ageNs } = this.blocks;
    const runOfBlock = this.runsByBlock();
    const indices = Array.from(runOfBlock, (_, index) => index);
    const freed = indices.filter((index) => isLive[index] === 0).sort((left, right) => ageNs[right] - ageNs[left]);
    for (const index of freed) this.addBlock(index, this.runs[runOfBlock[index]]);
    for (const index of indices) if (isLive[index] !== 0) this.addBlock(index, this.runs[runOfBlock[index]]);
    return {
      xPx: Float32Array.from(this.xPx),
      yPx: Float32Array.from(this.yPx),
      rectWidthPx: Float32Array.from(this.widthsPx),
      rectHeightPx: new Float32Array(this.xPx.length).fill(this.rowPx),
      block: Uint32Array.from(this.block),
      isLive: Uint8Array.from(this.block, (index) => isLive[index]),
      recencyRatio: Float32Array.from(this.block, (index) => recencyRatio(ageNs[index])),
    };
  }

  private runsByBlock(): Uint32Array {
    const { address, section } = this.blocks;
    const found = new Uint32Array(address.length);
    let at = 0;
    for (let index = 0; index < address.length; index++) {
      const row = Math.floor(address[index] / this.rowBytes);
      const isPast = (run: Run) => run.section !== section[index] || row >= run.firstRow + run.rowCount;
      while (isPast(this.runs[at])) at += 1;
      found[index] = at;
    }
    return found;
  }

  private addBlock(index: number, run: Run): void {
    const start = this.blocks.address[index];
    const end = start + Math.max(1, this.blocks.bytes[index]);
    const lastRow = lastRowOf(this.blocks, index, this.rowBytes);
    const pxPerByte = this.widthPx / this.rowBytes;
    for (let row = Math.floor(start / this.rowBytes); row <= lastRow; row++) {
      const rowStart = row * this.rowBytes;
      const xPx = Math.max(0, start - rowStart) * pxPerByte;
      const untilPx = Math.min(this.rowBytes, end - rowStart) * pxPerByte;
      this.addRect(index, xPx, run.yPx + (row - run.firstRow) * this.rowPx, untilPx - xPx);
    }
  }

  // Of blocks narrower than a pixel that fall on the same one, the first stands for all.
  private addRect(index: number, xPx: number, yPx: number, widthPx: number): void {
    const last = this.block.length - 1;
    if (widthPx < 1 && last >= 0) {
      const isSamePx = this.yPx[last] === yPx && Math.floor(this.xPx[last]) === Math.floor(xPx);
      const isSameState = this.blocks.isLive[this.block[last]] === this.blocks.isLive[index];
      if (isSamePx && isSameState && this.widthsPx[last] <= 1) return;
    }
    this.block.push(index);
    this.xPx.push(Math.min(xPx, this.widthPx - 1));
    this.yPx.push(yPx);
    this.widthsPx.push(Math.max(1, widthPx));
  }
}
