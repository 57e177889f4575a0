import { expect, test } from 'vitest';
import type { Lane } from '../../../../app/renderer/model/timeline/lane';
import { SliceTrack } from '../../../../app/renderer/model/timeline/slice-track';
import { batchOf, type Slice, seededIntegers, slicesFromDrawing } from './random';

function drawLane(lane: Lane, widthNs: number): string {
  const places = Array.from({ length: widthNs }, () => '.');
  for (let row = 0; row < lane.count; row++) {
    places.fill(String.fromCharCode(lane.name[row]), lane.startNs[row], lane.endNs[row]);
  }
  return places.join('');
}

function drawTrack(...drawings: string[]): string[] {
  const track = new SliceTrack();
  for (const drawing of drawings) track.append(batchOf(slicesFromDrawing(drawing)));
  return track.lanes.map((lane) => drawLane(lane, 12));
}

test('nested calls stand at the depth of the stack', () => {
  expect(
    drawTrack(`
      AAAAAAAA..DD
      ..BBBB......
      ...CC.......`),
  ).toEqual(['AAAAAAAA..DD', '..BBBB......', '...CC.......']);
});

test('a range that comes after what it encloses takes its place above', () => {
  expect(drawTrack('..BB..CC....', '.AAAAAAAAA..', '..........DD')).toEqual(['.AAAAAAAAADD', '..BB..CC....']);
});

test('a slice begins where the one before it ends', () => {
  expect(drawTrack('AAABBB......', '......CCC...')).toEqual(['AAABBBCCC...']);
});

// Slow and simple: sort everything, then place everything.
function placeAll(slices: readonly Slice[]): Slice[][] {
  const order = [...slices].sort((left, right) => left.startNs - right.startNs || right.endNs - left.endNs);
  const lanes: Slice[][] = [];
  for (const slice of order) {
    let lane = lanes.findIndex((rows) => rows[rows.length - 1].endNs <= slice.startNs);
    if (lane < 0) lane = lanes.push([]) - 1;
    lanes[lane].push(slice);
  }
  return lanes;
}

function lanesOf(track: SliceTrack): Slice[][] {
  return track.lanes.map((lane) =>
    Array.from({ length: lane.count }, (_, row) => ({
      startNs: lane.startNs[row],
      endNs: lane.endNs[row],
      name: lane.name[row],
    })),
  );
}

test('batches in any order give the lanes that all rows in order would give', () => {
  const below = seededIntegers(17);
  for (let turn = 0; turn < 60; turn++) {
    const track = new SliceTrack();
    const all: Slice[] = [];
    for (let batch = 0; batch < 20; batch++) {
      const beginNs = Math.max(0, batch * 40 - below(120));
      const rows = Array.from({ length: below(25) }, () => {
        const startNs = beginNs + below(60);
        return { startNs, endNs: startNs + below(4) * below(30), name: all.length + below(1000) };
      });
      track.append(batchOf(rows));
      all.push(...rows);
      expect(lanesOf(track)).toEqual(placeAll(all));
    }
    expect(track.rowCount).toBe(all.length);
  }
});

test('prefix sums and the index hold after rows were taken out and placed anew', () => {
  const below = seededIntegers(4);
  const track = new SliceTrack();
  for (let batch = 0; batch < 200; batch++) {
    const beginNs = Math.max(0, batch * 50 - below(400));
    track.append(
      batchOf(
        Array.from({ length: 12 }, (_, row) => {
          const startNs = beginNs + row * 5 + below(5);
          return { startNs, endNs: startNs + below(9), name: below(50) };
        }),
      ),
    );
  }
  for (const lane of track.lanes) {
    let busyNs = 0;
    for (let row = 0; row < lane.count; row++) {
      expect(lane.busyBeforeNs[row]).toBe(busyNs);
      if (row % 8 === 0) {
        const rows = [row, row + 1, row + 2, row + 3, row + 4, row + 5, row + 6, row + 7].filter(
          (each) => each < lane.count,
        );
        const longest = Math.max(...rows.map((each) => lane.endNs[each] - lane.startNs[each]));
        const named = rows.find((each) => lane.endNs[each] - lane.startNs[each] === longest);
        expect(lane.blockStartNs[row / 8]).toBe(lane.startNs[row]);
        expect(lane.blockBusyBeforeNs[row / 8]).toBe(busyNs);
        expect(lane.blockName[row / 8]).toBe(lane.name[named!]);
      }
      busyNs += lane.endNs[row] - lane.startNs[row];
      expect(lane.startNs[row]).toBeGreaterThanOrEqual(row === 0 ? 0 : lane.endNs[row - 1]);
    }
    expect(lane.busyUntil(Number.POSITIVE_INFINITY)).toBe(busyNs);
  }
});
