import { expect, test } from 'vitest';
import { drawAddressMap } from '../../../../app/renderer/charts/address-map-canvas';
import { drawStackedArea } from '../../../../app/renderer/charts/stacked-area';
import { layOutAddressMap } from '../../../../app/renderer/model/memory/address-map';

/** Writes down what is filled and written, in the order of drawing. */
function recorder() {
  const drawn: string[] = [];
  let path: string[] = [];
  const numbers = (values: number[]) => values.map((value) => Math.round(value * 10) / 10).join(' ');
  const state = { fillStyle: '', globalAlpha: 1 };
  const context = Object.assign(state, {
    fillRect: (...box: number[]) => drawn.push(`${state.fillStyle} ${numbers(box)}`),
    strokeRect: (...box: number[]) => drawn.push(`outline ${numbers(box)}`),
    fillText: (text: string) => drawn.push(`text ${text}`),
    measureText: () => ({ width: 40 }),
    beginPath: () => {
      path = [];
    },
    rect: (...box: number[]) => path.push(numbers(box)),
    fill: () => drawn.push(`${state.fillStyle} ${path.join(', ')}`),
    save: () => {},
    restore: () => {},
    translate: () => {},
    setLineDash: () => {},
    moveTo: () => {},
    lineTo: () => {},
    stroke: () => {},
  });
  return { drawn, context: context as unknown as CanvasRenderingContext2D };
}

test('layers of a stacked area stand on each other', () => {
  const { drawn, context } = recorder();
  const area = {
    layers: [
      { values: [10, 20], colour: 'blue' },
      { values: [30, 0], colour: 'green' },
    ],
    highValue: 40,
    lowValues: [40, 20],
  };
  drawStackedArea(context, area, {
    widthPx: 2,
    heightPx: 54,
    background: 'black',
    grid: 'grey',
    text: 'white',
    font: '10px sans-serif',
    cursor: 'red',
    selection: 'yellow',
    cursorPx: 7,
    selectionPx: [0, 1],
    format: (value) => `${value} B`,
  });
  expect(drawn).toEqual([
    'black 0 0 2 54',
    'yellow 0 0 1 54',
    'blue 0 44 1 10, 1 34 1 20',
    'green 0 14 1 30, 1 34 1 0',
    'grey 0 34 2 1',
    'text 20 B',
    'grey 0 14 2 1',
    'text 40 B',
    'red 1 0 1 54',
  ]);
});

test('a map writes sections, addresses and breaks; live blocks come last and hide what was freed under them', () => {
  const map = layOutAddressMap(
    {
      section: [0, 0, 0],
      address: [0, 0, 0x100000],
      bytes: [4096, 2048, 4096],
      isLive: [0, 1, 1],
      ageNs: [0, 0, 0],
    },
    100,
    100,
  );
  const { drawn, context } = recorder();
  drawAddressMap(context, map, {
    colours: {
      background: 'black',
      row: 'grey',
      text: 'white',
      textMuted: 'silver',
      live: 'green',
      freed: 'red',
      outline: 'blue',
    },
    font: '10px sans-serif',
    labelWidthPx: 50,
    sectionLabel: (section) => `space ${section}`,
    breakLabel: (unusedBytes) => `${unusedBytes / 1024} KiB unused`,
    addressLabel: (address) => address.toString(16),
    hovered: undefined,
    selected: 1,
  });
  expect(drawn.filter((each) => each.startsWith('text'))).toEqual([
    'text space 0',
    'text 0',
    'text 1020 KiB unused',
    'text 100000',
  ]);
  expect(drawn.filter((each) => /^(red|green|outline)/.test(each))).toEqual([
    'red 0 20 99 21',
    'green 0 20 49 21',
    'green 0 54 99 21',
    'outline 0.5 20.5 48 20',
  ]);
});
