// Draws an address map: rows with their addresses, blocks green while they live and red when they were freed, brighter the more recent.

import type { AddressMap } from '../model/memory/address-map';

export interface AddressMapColours {
  readonly background: string;
  readonly row: string;
  readonly text: string;
  readonly textMuted: string;
  readonly live: string;
  readonly freed: string;
  readonly outline: string;
}

export interface AddressMapLooks {
  readonly colours: AddressMapColours;
  readonly font: string;
  /** Left of the blocks; the map's own x begins after it. */
  readonly labelWidthPx: number;
  readonly sectionLabel: (section: number) => string;
  readonly breakLabel: (unusedBytes: number) => string;
  readonly addressLabel: (address: number) => string;
  /** Of the map's blocks. */
  readonly hovered: number | undefined;
  readonly selected: number | undefined;
}

const LIVE_OPACITY = { least: 0.42, most: 1 };
const FREED_OPACITY = { least: 0.14, most: 0.6 };
/** A block at least this wide leaves a pixel to its neighbour. */
const SEAM_WIDTH_PX = 3;

/** Draws the whole map. The context is in CSS pixels and as large as labels and map. */
export function drawAddressMap(context: CanvasRenderingContext2D, map: AddressMap, looks: AddressMapLooks): void {
  const { colours, labelWidthPx } = looks;
  context.fillStyle = colours.background;
  context.fillRect(0, 0, labelWidthPx + map.widthPx, map.heightPx);
  context.font = looks.font;
  context.textBaseline = 'middle';
  drawRows(context, map, looks);
  context.save();
  context.translate(labelWidthPx, 0);
  drawBlocks(context, map, colours);
  if (looks.selected !== undefined) outlineBlock(context, map, looks.selected, colours.outline, 2);
  if (looks.hovered !== undefined) outlineBlock(context, map, looks.hovered, colours.text, 1);
  context.restore();
}

function drawRows(context: CanvasRenderingContext2D, map: AddressMap, looks: AddressMapLooks): void {
  const { colours, labelWidthPx } = looks;
  let labelledUntilPx = 0;
  for (const { kind, yPx, heightPx, section, address, unusedBytes } of map.rows) {
    const middlePx = yPx + heightPx / 2 + 0.5;
    if (kind === 'section') {
      context.fillStyle = colours.text;
      context.textAlign = 'left';
      context.fillText(looks.sectionLabel(section), 0, middlePx);
      labelledUntilPx = 0;
    } else if (kind === 'break') {
      drawBreak(context, labelWidthPx, map.widthPx, middlePx, looks.breakLabel(unusedBytes), colours);
      labelledUntilPx = 0;
    } else {
      context.fillStyle = colours.row;
      context.fillRect(labelWidthPx, yPx, map.widthPx, heightPx - 1);
      if (yPx < labelledUntilPx) continue;
      context.fillStyle = colours.textMuted;
      context.textAlign = 'right';
      context.fillText(looks.addressLabel(address), labelWidthPx - 8, middlePx - 0.5);
      labelledUntilPx = yPx + 12;
    }
  }
}

function drawBreak(
  context: CanvasRenderingContext2D,
  leftPx: number,
  widthPx: number,
  yPx: number,
  label: string,
  colours: AddressMapColours,
): void {
  const labelPx = context.measureText(label).width + 16;
  context.strokeStyle = colours.textMuted;
  context.globalAlpha = 0.6;
  context.setLineDash([2, 3]);
  context.beginPath();
  context.moveTo(leftPx, yPx);
  context.lineTo(leftPx + (widthPx - labelPx) / 2, yPx);
  context.moveTo(leftPx + (widthPx + labelPx) / 2, yPx);
  context.lineTo(leftPx + widthPx, yPx);
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
  context.fillStyle = colours.textMuted;
  context.textAlign = 'center';
  context.fillText(label, leftPx + widthPx / 2, yPx);
}

function drawBlocks(context: CanvasRenderingContext2D, map: AddressMap, colours: AddressMapColours): void {
  const { xPx, yPx, rectWidthPx, rectHeightPx, isLive, recencyRatio, block } = map;
  for (let rect = 0; rect < block.length; rect++) {
    const widthPx = rectWidthPx[rect] >= SEAM_WIDTH_PX ? rectWidthPx[rect] - 1 : rectWidthPx[rect];
    // What is dim must not show the block that was there before.
    context.globalAlpha = 1;
    context.fillStyle = colours.row;
    context.fillRect(xPx[rect], yPx[rect], widthPx, rectHeightPx[rect] - 1);
    const { least, most } = isLive[rect] === 1 ? LIVE_OPACITY : FREED_OPACITY;
    context.globalAlpha = least + (most - least) * recencyRatio[rect];
    context.fillStyle = isLive[rect] === 1 ? colours.live : colours.freed;
    context.fillRect(xPx[rect], yPx[rect], widthPx, rectHeightPx[rect] - 1);
  }
  context.globalAlpha = 1;
}

function outlineBlock(
  context: CanvasRenderingContext2D,
  map: AddressMap,
  block: number,
  colour: string,
  lineWidthPx: number,
): void {
  context.strokeStyle = colour;
  context.lineWidth = lineWidthPx;
  for (let rect = 0; rect < map.block.length; rect++) {
    if (map.block[rect] !== block) continue;
    const widthPx = Math.max(3, map.rectWidthPx[rect] - 1);
    context.strokeRect(map.xPx[rect] + 0.5, map.yPx[rect] + 0.5, widthPx - 1, map.rectHeightPx[rect] - 2);
  }
  context.lineWidth = 1;
}
