import { describe, expect, test } from 'vitest';
import { createTimelineFeature } from '../../../../app/renderer/worker/timeline-feature';
import { packetOf, stringsOf } from './packets';

// ns:      0    10   20   30   40   50   60
// thread 9 [launch ]      [copy]
//           [ cu ]
// stream 7      [gemm    ]      [ HtoD ]
// stream 8           [relu]
const KERNELS = packetOf('kernel', [
  { startNs: 10, durationNs: 20, name: 1, context: 1, stream: 7, correlation: 100 },
  { startNs: 20, durationNs: 10, name: 2, context: 1, stream: 8, correlation: 101 },
]);
const COPIES = packetOf('memcpy', [
  { startNs: 40, durationNs: 16, bytes: 4096, context: 1, stream: 7, correlation: 102, direction: 1 },
]);
const CALLS = packetOf('api', [
  { startNs: 2, durationNs: 6, name: 4, thread: 9, correlation: 0 },
  { startNs: 0, durationNs: 18, name: 3, thread: 9, correlation: 100 },
  { startNs: 30, durationNs: 9, name: 5, thread: 9, correlation: 102, returnValue: 2 },
]);
const NAMES = stringsOf(['void gemm<4>(float*)', 'relu', 'cudaLaunchKernel', 'cuLaunchKernel', 'cudaMemcpyAsync']);

function featureOf(...packets: ReturnType<typeof packetOf>[]) {
  const feature = createTimelineFeature();
  for (const packet of packets) feature.append(packet);
  return feature.methods;
}

const full = () => featureOf(KERNELS, COPIES, CALLS, NAMES);

describe('tracks', () => {
  test('stand by process and device, streams above threads, and are named by rows that came later', () => {
    const methods = featureOf(
      CALLS,
      KERNELS,
      COPIES,
      NAMES,
      packetOf('process', [{ event: 1, pid: 77, executable: '/opt/bin/detect' }]),
      packetOf('thread', [{ thread: 9, name: 'main' }]),
      packetOf('device', [{ device: 0, kind: 1, name: 'Orin' }]),
      packetOf('stream', [{ context: 1, stream: 7, isDefault: 1 }]),
    );
    const { tracks, extent } = methods['timeline/tracks']({});
    expect(extent).toEqual({ fromNs: 0, toNs: 56 });
    expect(
      tracks.map(({ id, process, device, label, laneCount, rowCount }) => [
        id,
        process,
        device,
        label,
        laneCount,
        rowCount,
      ]),
    ).toEqual([
      ['stream/1/1/7', 'detect (77)', 'GPU 0: Orin', 'Default stream 7', 1, 2],
      ['stream/1/1/8', 'detect (77)', 'GPU 0: Orin', 'Stream 8', 1, 1],
      ['api/1/9', 'detect (77)', undefined, 'main (9)', 2, 3],
    ]);
  });

  test('a CPU device says so', () => {
    const methods = featureOf(KERNELS, packetOf('device', [{ device: 0, kind: 2, name: 'Cortex-A78AE' }]));
    expect(methods['timeline/tracks']({}).tracks[0].device).toBe('CPU device 0: Cortex-A78AE');
  });

  test('ranges are by domain and thread; those that cross threads and marks are by source', () => {
    const methods = featureOf(
      stringsOf(['step', 'torch']),
      packetOf('range', [
        { startNs: 1, durationNs: 5, name: 1, thread: 9, kind: 1 },
        { startNs: 1, durationNs: 5, name: 1, domain: 2, thread: 9, kind: 1 },
        { startNs: 2, durationNs: 9, name: 1, thread: 9, kind: 2 },
        { startNs: 3, durationNs: 0, name: 1, thread: 9, kind: 3 },
      ]),
    );
    expect(methods['timeline/tracks']({}).tracks.map(({ id, label }) => [id, label])).toEqual([
      ['mark/1/range', 'NVTX marks'],
      ['openRange/1', 'Start/end ranges'],
      ['range/1/0/9', 'Ranges: Thread 9'],
      ['range/1/2/9', 'torch: Thread 9'],
    ]);
  });

  test('memory and health are counters with units', () => {
    const methods = featureOf(
      packetOf('memory', [
        { timeNs: 1, bytes: 300, operation: 1, kind: 3 },
        { timeNs: 2, bytes: 100, operation: 2, kind: 3 },
        { timeNs: 2, bytes: 50, operation: 1, kind: 3, isPool: 1 },
      ]),
      stringsOf(['gpu_load_ratio'], 0),
      packetOf(
        'health',
        [
          { timeNs: 4, value: 0.5, metric: 1 },
          { timeNs: 5, value: Number.NaN, metric: 1 },
        ],
        0,
      ),
    );
    const { tracks } = methods['timeline/tracks']({});
    expect(tracks.map(({ label, unit, shape, rowCount }) => [label, unit, shape, rowCount])).toEqual([
      ['Device memory', 'B', 'counter', 2],
      ['Pool memory', 'B', 'counter', 1],
      ['gpu_load_ratio', 'ratio', 'counter', 1],
    ]);
    const hit = methods['timeline/hit']({ trackId: 'memory/1/Device', lane: 0, ns: 9, toleranceNs: 0 });
    expect(hit).toMatchObject({ kind: 'counter', counter: { label: 'Device memory', value: 200, unit: 'B' } });
  });

  test('losses, gaps and warnings are marks; what is only told is not', () => {
    const methods = featureOf(
      packetOf('loss', [{ startNs: 10, endNs: 20, count: 7, stage: 'collector', reason: 'memory cap' }]),
      packetOf('gap', [{ timeNs: 30, rowCount: 55, table: 10 }]),
      packetOf('diagnostic', [
        { timeNs: 40, severity: 2, sentence: 'The clock was lowered.', remedy: 'Cool the board.' },
        { timeNs: 41, severity: 1, sentence: 'All is well.' },
      ]),
    );
    const { value } = methods['timeline/draw']({
      view: { fromNs: 0, toNs: 100 },
      widthPx: 600,
      heightPx: 100,
      scrollTopPx: 0,
      pixelRatio: 1,
      places: [],
      nameFilter: '',
      palette: 'default',
      theme: 'dark',
    });
    expect(value.marks).toEqual([
      { fromNs: 10, toNs: 20, table: 'loss', text: 'collector: memory cap', count: 1 },
      { fromNs: 30, toNs: 30, table: 'gap', text: 'missed kernel rows', count: 1 },
      { fromNs: 40, toNs: 40, table: 'diagnostic', text: 'The clock was lowered. Cool the board.', count: 1 },
    ]);
  });
});

describe('hit', () => {
  const hit = (trackId: string, lane: number, ns: number, toleranceNs = 0) =>
    full()['timeline/hit']({ trackId, lane, ns, toleranceNs });

  test('gives the row with what is known of it', () => {
    expect(hit('stream/1/1/7', 0, 41)).toEqual({
      kind: 'slice',
      row: {
        trackId: 'stream/1/1/7',
        lane: 0,
        table: 'memcpy',
        source: 1,
        name: 'Memcpy Host-to-Device',
        startNs: 40,
        durationNs: 16,
        correlation: 102,
        args: { bytes: 4096, direction: 'hostToDevice', device: 0, context: 1, stream: 7 },
      },
    });
    expect(hit('api/1/9', 1, 5)).toMatchObject({
      row: { name: 'cuLaunchKernel', args: { returnValue: 0, thread: 9 } },
    });
  });

  test('begins with the first nanosecond, ends before the last, and reaches as far as the tolerance', () => {
    const nameAt = (ns: number, toleranceNs: number) => {
      const found = hit('stream/1/1/7', 0, ns, toleranceNs);
      return found?.kind === 'slice' ? found.row.startNs : undefined;
    };
    expect([9, 10, 29, 30, 35].map((ns) => nameAt(ns, 0))).toEqual([undefined, 10, 10, 10, undefined]);
    expect([33, 34, 36, 60].map((ns) => nameAt(ns, 4))).toEqual([10, 10, 40, 40]);
    expect(hit('stream/1/1/9', 0, 10)).toBeUndefined();
  });

  test('a row that could not be timed has the duration -1', () => {
    const methods = featureOf(packetOf('kernel', [{ startNs: 5, durationNs: -1, context: 1, stream: 7 }]));
    const found = methods['timeline/hit']({ trackId: 'stream/1/1/7', lane: 0, ns: 5, toleranceNs: 1 });
    expect(found).toMatchObject({ row: { startNs: 5, durationNs: -1 } });
  });
});

test('neighbours are the slices before and after on the lane', () => {
  const methods = full();
  const step = (startNs: number, durationNs: number, by: -1 | 1) =>
    methods['timeline/neighbour']({ row: { trackId: 'stream/1/1/7', lane: 0, startNs, durationNs }, step: by })
      ?.startNs;
  expect([step(10, 20, 1), step(40, 16, -1), step(40, 16, 1), step(10, 20, -1), step(11, 20, 1)]).toEqual([
    40,
    10,
    undefined,
    undefined,
    undefined,
  ]);
});

test('a launch is followed both ways, inside its source', () => {
  const methods = featureOf(KERNELS, COPIES, CALLS, NAMES, packetOf('kernel', [{ correlation: 100 }], 2));
  const namesOf = (table: 'api' | 'kernel', correlation: number) =>
    methods['timeline/link']({ source: 1, correlation, table }).map(({ name, table: of }) => `${of} ${name}`);
  expect(namesOf('api', 100)).toEqual(['kernel void gemm<4>(float*)']);
  expect(namesOf('kernel', 100)).toEqual(['api cudaLaunchKernel']);
  expect(namesOf('api', 102)).toEqual(['memcpy Memcpy Host-to-Device']);
  expect(namesOf('api', 0)).toEqual([]);
});

test('the work of several calls is found, inside their sources', () => {
  const methods = featureOf(KERNELS, COPIES, CALLS, NAMES, packetOf('kernel', [{ correlation: 100 }], 2));
  const workOf = (...correlations: number[]) =>
    methods['timeline/work']({ calls: correlations.map((correlation) => ({ source: 1, correlation })) })
      .map(({ table, source, correlation }) => `${table} ${source} ${correlation}`)
      .sort();
  expect(workOf(100, 102)).toEqual(['kernel 1 100', 'memcpy 1 102']);
  expect(workOf(100)).toEqual(['kernel 1 100']);
  expect(workOf()).toEqual([]);
});

test('a row of a table is found on its track', () => {
  const wanted = { table: 'memcpy', source: 1, startNs: 40, durationNs: 16, correlation: 102 } as const;
  expect(full()['timeline/locate'](wanted)).toMatchObject({ trackId: 'stream/1/1/7', lane: 0 });
  expect(full()['timeline/locate']({ ...wanted, correlation: 1 })).toBeUndefined();
});

describe('search', () => {
  const search = (
    query: string,
    direction: 'next' | 'previous',
    fromNs: number,
    after?: { trackId: string; lane: number },
  ) => {
    const answer = full()['timeline/search']({ query, direction, fromNs, after });
    return answer.kind === 'found'
      ? [answer.row.name, answer.row.startNs, answer.matchCount, answer.isWrapped]
      : answer;
  };

  test('finds text in any case, forwards and backwards, and goes on at the other end', () => {
    expect(search('LAUNCHKERNEL', 'next', -1)).toEqual(['cudaLaunchKernel', 0, 2, false]);
    expect(search('launchkernel', 'next', 0, { trackId: 'api/1/9', lane: 0 })).toEqual(['cuLaunchKernel', 2, 2, false]);
    expect(search('launchkernel', 'next', 2, { trackId: 'api/1/9', lane: 1 })).toEqual([
      'cudaLaunchKernel',
      0,
      2,
      true,
    ]);
    expect(search('launchkernel', 'previous', 2)).toEqual(['cudaLaunchKernel', 0, 2, false]);
    expect(search('launchkernel', 'previous', 0)).toEqual(['cuLaunchKernel', 2, 2, true]);
  });

  test('finds regular expressions', () => {
    expect(search('/^RE.U$/', 'next', 0)).toEqual(['relu', 20, 1, false]);
    expect(search('/^gemm/', 'next', 0)).toEqual({ kind: 'none' });
  });

  test('says what is wrong with one', () => {
    expect(search('/(/', 'next', 0)).toEqual({
      kind: 'error',
      sentence: expect.stringMatching(/^This is not a regular expression \(.+\); correct it, or .+\.$/),
    });
  });

  test('rows of one start come lane after lane', () => {
    const methods = featureOf(
      packetOf('kernel', [
        { startNs: 5, durationNs: 9, name: 1, context: 1, stream: 7 },
        { startNs: 5, durationNs: 9, name: 1, context: 1, stream: 8 },
      ]),
      stringsOf(['gemm']),
    );
    const next = (after?: { trackId: string; lane: number }) => {
      const answer = methods['timeline/search']({ query: 'gemm', direction: 'next', fromNs: 5, after });
      return answer.kind === 'found' ? [answer.row.trackId, answer.isWrapped] : answer.kind;
    };
    expect(next()).toEqual(['stream/1/1/7', false]);
    expect(next({ trackId: 'stream/1/1/7', lane: 0 })).toEqual(['stream/1/1/8', false]);
    expect(next({ trackId: 'stream/1/1/8', lane: 0 })).toEqual(['stream/1/1/7', true]);
  });
});

test('the overview counts busy streams', () => {
  const { value } = full()['timeline/overview']({ view: { fromNs: 0, toNs: 60 }, columnCount: 6 });
  expect([...value].map((busy) => Number(busy.toFixed(3)))).toEqual([0, 1, 2, 0, 1, 0.6]);
});
