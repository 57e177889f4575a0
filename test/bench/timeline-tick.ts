// One tick of the timeline at ten million rows: what is visible in these pixels, and its vertices. Beside it, a linear scan of the
// rows in view that fills pixel columns.

import { type DrawParams, TimelineDrawing } from '../../app/renderer/model/timeline/draw';
import type { Lane } from '../../app/renderer/model/timeline/lane';
import { layoutTracks } from '../../app/renderer/model/timeline/layout';
import { type Precision, queryLane, type View } from '../../app/renderer/model/timeline/pixel-query';
import { TimelineModel } from '../../app/renderer/model/timeline/timeline-model';
import type { BenchResult, BenchSize } from './bench-result';

const STREAMS = 32;
const THREADS = 8;
const NAMES = 200;
const ROWS_A_PACKET = 16_384;
const WIDTH_PX = 1920;
const SHORTEST_NS = 1000;

/** Numbers in [0, 1) from a fixed seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function appendKernels(model: TimelineModel, first: number, rowCount: number, random: () => number): void {
  const columns = {
    startNs: new Float64Array(rowCount),
    durationNs: new Float64Array(rowCount),
    name: new Uint32Array(rowCount),
    device: new Uint32Array(rowCount),
    context: new Uint32Array(rowCount).fill(1),
    stream: new Uint32Array(rowCount),
    correlation: new Uint32Array(rowCount),
  };
  for (let row = 0; row < rowCount; row++) {
    columns.startNs[row] = (first + row) * 100 + Math.floor(random() * 90);
    columns.durationNs[row] = 200 + Math.floor(random() * 2600);
    columns.name[row] = 1 + Math.floor(random() * NAMES);
    columns.stream[row] = 7 + ((first + row) % STREAMS);
    columns.correlation[row] = first + row + 1;
  }
  model.append({ table: 'kernel', source: 1, rowCount, columns });
}

/** Calls in pairs, one inside the other. */
function appendCalls(model: TimelineModel, first: number, rowCount: number): void {
  const columns = {
    startNs: new Float64Array(rowCount),
    durationNs: new Float64Array(rowCount),
    name: new Uint32Array(rowCount),
    thread: new Uint32Array(rowCount),
    correlation: new Uint32Array(rowCount),
    returnValue: new Uint32Array(rowCount),
  };
  for (let row = 0; row < rowCount; row++) {
    const pair = (first + row) >>> 1;
    const isInner = row % 2 === 0;
    columns.startNs[row] = pair * 800 + (isInner ? 200 : 0);
    columns.durationNs[row] = isInner ? 1500 : 4000;
    columns.name[row] = 1 + (pair % NAMES);
    columns.thread[row] = 1 + (pair % THREADS);
  }
  model.append({ table: 'api', source: 1, rowCount, columns });
}

function appendNames(model: TimelineModel): void {
  const ids = Array.from({ length: NAMES }, (_, index) => index + 1);
  const text = ids.map(
    (id) => `void layer${String.fromCharCode(97 + (id % 26))}_${'xyz'[id % 3]}<float, ${id}>(float*)`,
  );
  model.append({ table: 'string', source: 1, rowCount: NAMES, columns: { id: Uint32Array.from(ids), text } });
}

/** Four kernels for each call, in packets as they come from a board. */
function fill(model: TimelineModel, rowCount: number): number {
  const random = seeded(5);
  appendNames(model);
  let kernels = 0;
  let calls = 0;
  while (kernels + calls < rowCount) {
    appendKernels(model, kernels, ROWS_A_PACKET, random);
    kernels += ROWS_A_PACKET;
    appendCalls(model, calls, ROWS_A_PACKET / 4);
    calls += ROWS_A_PACKET / 4;
  }
  return kernels + calls;
}

function lanesOf(model: TimelineModel): Lane[] {
  return [...model.tracks.entries.values()].flatMap((entry) => (entry.shape === 'slices' ? entry.track.lanes : []));
}

/** Busy nanoseconds in each pixel column of a lane, row by row. */
function scanLane(lane: Lane, { fromNs, toNs }: View, busyNs: Float64Array): void {
  const nsPerPx = (toNs - fromNs) / busyNs.length;
  for (let row = lane.firstReaching(fromNs); row < lane.count && lane.startNs[row] < toNs; row++) {
    const start = Math.max(fromNs, lane.startNs[row]);
    const end = Math.min(toNs, lane.endNs[row]);
    let column = Math.min(busyNs.length - 1, Math.floor((start - fromNs) / nsPerPx));
    for (let at = start; at < end; column++) {
      const columnEnd = column >= busyNs.length - 1 ? end : Math.min(end, fromNs + (column + 1) * nsPerPx);
      busyNs[Math.min(column, busyNs.length - 1)] += Math.max(0, columnEnd - at);
      at = Math.max(at, columnEnd);
    }
  }
}

function scanView(lanes: readonly Lane[], view: View): number {
  let sumNs = 0;
  for (const lane of lanes) {
    const busyNs = new Float64Array(WIDTH_PX);
    scanLane(lane, view, busyNs);
    sumNs += busyNs.reduce((sum, value) => sum + value, 0);
  }
  return sumNs;
}

/** The same sum by what the timeline draws. */
function queriedBusyNs(lanes: readonly Lane[], view: View): number {
  const nsPerPx = (view.toNs - view.fromNs) / WIDTH_PX;
  let px = 0;
  const sink = {
    slice: (_row: number, begin: number, end: number) => {
      px += Math.min(WIDTH_PX, end) - Math.max(0, begin);
    },
    column: (_column: number, share: number) => {
      px += share;
    },
  };
  for (const lane of lanes) queryLane(lane, view, WIDTH_PX, sink);
  return px * nsPerPx;
}

/** Views from the whole extent to a microsecond, evenly by the logarithm of their length. */
function randomViews({ fromNs, toNs }: View, viewCount: number): View[] {
  const random = seeded(11);
  const lengthNs = toNs - fromNs;
  return Array.from({ length: viewCount }, () => {
    const length = lengthNs * (SHORTEST_NS / lengthNs) ** random();
    const from = fromNs + random() * (lengthNs - length);
    return { fromNs: from, toNs: from + length };
  });
}

function timedMs(work: () => unknown): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

function percentile(values: readonly number[], ratio: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor((sorted.length - 1) * ratio)];
}

/** Of each view the median of three turns, all views in between, so that caches are as cold and a neighbour's work does not count. */
function medianPasses(views: readonly View[], work: (view: View) => unknown): number[] {
  const passes = [0, 1, 2].map(() => views.map((view) => timedMs(() => work(view))));
  return views.map((_, index) =>
    percentile(
      passes.map((pass) => pass[index]),
      0.5,
    ),
  );
}

/** The timeline's tick, its memory, and how long the rows take to go in. */
export async function run(size: BenchSize): Promise<BenchResult[]> {
  const isReal = size === 'real';
  const model = new TimelineModel();
  let rowCount = 0;
  const appendMs = timedMs(() => {
    rowCount = fill(model, isReal ? 10_000_000 : 40_000);
  });
  const extent = model.extent!;
  const tracks = model.tracks.summaries();
  const places = layoutTracks(tracks, { pinned: [], collapsed: [] }).places;
  const drawing = new TimelineDrawing(model);
  const choices = { nameFilter: '', palette: 'default', theme: 'dark' } as const;
  const shape = { widthPx: WIDTH_PX, heightPx: 10_000, scrollTopPx: 0, pixelRatio: 1, places } as const;
  const draw = (view: View, precision: Precision = 'index') =>
    drawing.draw({ ...choices, ...shape, view, precision } satisfies DrawParams);
  const views = [extent, ...randomViews(extent, isReal ? 400 : 12)];
  const lanes = lanesOf(model);
  for (const view of views.slice(0, 12)) {
    const [scannedNs, queriedNs] = [scanView(lanes, view), queriedBusyNs(lanes, view)];
    if (!(Math.abs(scannedNs - queriedNs) <= 1e-6 * Math.max(1, scannedNs))) throw new Error('busy times differ');
  }
  for (const view of views.slice(0, 40)) draw(view);
  let quadCount = 0;
  const tickMs = medianPasses(views, (view) => {
    quadCount += draw(view).quadCount;
  });
  const exactMs = medianPasses(views, (view) => draw(view, 'exact'));
  const scanMs = medianPasses(views.slice(0, isReal ? 60 : 6), (view) => scanView(lanes, view));
  const rows = `${(rowCount / 1e6).toFixed(1)} M rows`;
  return [
    {
      name: `timeline tick at ${rows}, ${tracks.length} tracks, query and vertices, p95`,
      unit: 'ms',
      value: percentile(tickMs, 0.95),
      baseline: percentile(scanMs, 0.95),
      baselineName: 'scan of the rows in view, p95',
      goal: '≤ 8 at 10 M',
      checksum: String(quadCount),
      detail: [
        `p50 ${percentile(tickMs, 0.5).toFixed(2)}`,
        `whole session ${tickMs[0].toFixed(2)}`,
        `worst ${percentile(tickMs, 1).toFixed(2)}`,
        `at rest, exact, p50 ${percentile(exactMs, 0.5).toFixed(2)} and p95 ${percentile(exactMs, 0.95).toFixed(2)}`,
      ].join(', '),
    },
    {
      name: `timeline memory at ${rows}`,
      unit: 'bytes a row',
      value: model.sliceByteCount / rowCount,
      goal: '≤ 64',
    },
    {
      name: `timeline takes ${rows}`,
      unit: 'M rows/s',
      value: rowCount / appendMs / 1e3,
      detail: `${(appendMs / 1000).toFixed(2)} s`,
    },
  ];
}
