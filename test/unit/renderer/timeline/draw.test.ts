import { expect, test } from 'vitest';
import { colorOfName } from '../../../../app/renderer/model/colors';
import { type DrawParams, TimelineDrawing } from '../../../../app/renderer/model/timeline/draw';
import { TimelineModel } from '../../../../app/renderer/model/timeline/timeline-model';
import { packetOf, stringsOf } from './packets';

const KERNELS = packetOf('kernel', [
  { startNs: 0, durationNs: 40, name: 1, context: 1, stream: 7 },
  { startNs: 50, durationNs: 1, name: 2, context: 1, stream: 7 },
  { startNs: 52, durationNs: 1, name: 2, context: 1, stream: 7 },
]);

function draw(changes: Partial<DrawParams> = {}) {
  const model = new TimelineModel();
  model.append(stringsOf(['void gemm<3>(int)', 'relu']));
  model.append(KERNELS);
  const answer = new TimelineDrawing(model).draw({
    view: { fromNs: 0, toNs: 100 },
    widthPx: 100,
    heightPx: 60,
    scrollTopPx: 0,
    pixelRatio: 1,
    places: [{ trackId: 'stream/1/1/7', yPx: 10, laneHeightPx: 20, laneCount: 1 }],
    nameFilter: '',
    palette: 'default',
    theme: 'dark',
    ...changes,
  });
  const floats = new Float32Array(answer.vertices);
  const words = new Uint32Array(answer.vertices);
  const quads = Array.from({ length: answer.quadCount }, (_, quad) => {
    const at = quad * 12;
    return { x0: floats[at], y0: floats[at + 1], x1: floats[at + 9], y1: floats[at + 10], color: words[at + 2] };
  });
  return { ...answer, quads, model };
}

test('a wide slice is its rectangle, its edge and its label; narrow ones are columns', () => {
  const { quads, labels } = draw();
  expect(quads.map(({ x0, y0, x1, y1 }) => [x0, y0, x1, y1])).toEqual([
    [0, 10, 40, 29],
    [0, 10, 1, 29],
    [50, 10, 51, 29],
    [52, 10, 53, 29],
  ]);
  expect(labels.texts).toEqual(['gemm']);
  expect(labels.boxesPx).toEqual([0, 10, 40, 19]);
});

test('device pixels and scrolling', () => {
  const { quads } = draw({ pixelRatio: 2, scrollTopPx: 4 });
  expect(quads[0]).toMatchObject({ x0: 0, y0: 12, x1: 80, y1: 51 });
});

test('what is not in sight is not drawn', () => {
  expect(draw({ scrollTopPx: 5000 }).quadCount).toBe(0);
  expect(draw({ view: { fromNs: 200, toNs: 300 } }).quadCount).toBe(0);
  expect(draw({ places: [] }).quadCount).toBe(0);
});

test('the filter leaves what it names in its colour and makes the rest pale, without labels', () => {
  const { quads, labels, model } = draw({ nameFilter: 'RELU' });
  const relu = model.names.names.find(({ text }) => text === 'relu')!;
  expect(quads[0].color >>> 24).toBeLessThan(0x60);
  expect(quads[2].color).toBe(colorOfName(relu, 'default', 'dark'));
  expect(labels.texts).toEqual([]);
});

test('counters are areas with a line on top, and end with the newest row', () => {
  const model = new TimelineModel();
  model.append(
    packetOf('memory', [
      { timeNs: 0, bytes: 100, operation: 1, kind: 3 },
      { timeNs: 5, bytes: 50, operation: 2, kind: 3 },
    ]),
  );
  const { quadCount, counters, vertices } = new TimelineDrawing(model).draw({
    view: { fromNs: 0, toNs: 10 },
    widthPx: 10,
    heightPx: 60,
    scrollTopPx: 0,
    pixelRatio: 1,
    places: [{ trackId: 'memory/1/Device', yPx: 0, laneHeightPx: 34, laneCount: 1 }],
    nameFilter: '',
    palette: 'colorBlind',
    theme: 'light',
  });
  expect(counters).toEqual([{ trackId: 'memory/1/Device', min: 0, max: 100, last: 50, unit: 'B' }]);
  const floats = new Float32Array(vertices);
  const lines = Array.from({ length: quadCount }, (_, quad) => [0, 1, 9, 10].map((word) => floats[quad * 12 + word]));
  // Areas at 100 until 5 ns, then the drop, each followed by its line.
  expect(lines).toEqual([
    [0, 3, 5, 34],
    [0, 3, 5, 4],
    [5, 18, 6, 34],
    [5, 3, 6, 18],
  ]);
});
