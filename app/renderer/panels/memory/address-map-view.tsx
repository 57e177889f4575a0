// The address map on its canvas: hovering tells about a block, a click selects it.

import { useEffect, useMemo, useRef, useState } from 'react';
import { formatBytes } from '../../../../shared/units/format';
import { drawAddressMap } from '../../charts/address-map-canvas';
import { blockAtPx } from '../../model/memory/address-map';
import type { AskMemory, BlockRef, MemoryMap } from '../../worker/memory-methods';
import { BlockTooltip } from './block-tooltip';
import { hexAddress } from './memory-words';
import { useAnswer } from './use-answer';
import { colourOf, contextOf, onThemeChange, useSize } from './use-size';

interface AddressMapViewProps {
  readonly ask: AskMemory;
  readonly revision: number;
  readonly timeNs: number | undefined;
  readonly space: number | undefined;
  readonly hasFreed: boolean;
  readonly labels: readonly string[];
  readonly selected: BlockRef | undefined;
  readonly onSelect: (block: BlockRef | undefined) => void;
}

const LABEL_WIDTH_PX = 104;
const PADDING_PX = 8;

interface Hover {
  readonly block: number;
  readonly xPx: number;
  readonly yPx: number;
}

export function AddressMapView(props: AddressMapViewProps) {
  const { ask, revision, timeNs, space, hasFreed, labels, selected, onSelect } = props;
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSize(box);
  const widthPx = size.widthPx - LABEL_WIDTH_PX - 2 * PADDING_PX;
  const heightPx = size.heightPx - 2 * PADDING_PX;
  const key = widthPx > 0 ? `${timeNs} ${space} ${hasFreed} ${widthPx} ${heightPx}` : undefined;
  const { answer } = useAnswer(key, revision, () => {
    return ask('memory/map', { timeNs, space, hasFreed, widthPx, heightPx });
  });
  const [hover, setHover] = useState<Hover | undefined>(undefined);
  const selectedIndex = useMemo(() => answer && selected && indexOfBlock(answer, selected), [answer, selected]);
  const pointed = hover?.block;
  useEffect(() => {
    const drawn = canvas.current;
    if (!drawn || !answer) return;
    const redraw = () => draw(drawn, answer, labels, pointed, selectedIndex);
    redraw();
    return onThemeChange(redraw);
  }, [answer, labels, pointed, selectedIndex]);

  const blockUnder = ({ clientX, clientY, currentTarget }: React.MouseEvent<HTMLCanvasElement>) => {
    const { left, top } = currentTarget.getBoundingClientRect();
    return answer && blockAtPx(answer.map, clientX - left - LABEL_WIDTH_PX, clientY - top);
  };
  const point = (event: React.MouseEvent<HTMLCanvasElement>) => {
    const block = blockUnder(event);
    setHover(block === undefined ? undefined : { block, xPx: event.clientX, yPx: event.clientY });
  };
  const hovered = answer && hover && hover.block < answer.address.length ? hover : undefined;
  return (
    <div className="memory-map" ref={box} data-testid="memory-map">
      <canvas
        ref={canvas}
        role="img"
        aria-label="Address map; the list below has the same blocks"
        style={{ width: widthPx + LABEL_WIDTH_PX, height: answer?.map.heightPx ?? 0 }}
        onMouseMove={point}
        onMouseLeave={() => setHover(undefined)}
        onClick={(event) => {
          const block = blockUnder(event);
          onSelect(block === undefined || !answer ? undefined : refOf(answer, block));
        }}
      />
      {answer && hovered && (
        <BlockTooltip
          ask={ask}
          map={answer}
          block={hovered.block}
          labels={labels}
          xPx={hovered.xPx}
          yPx={hovered.yPx}
        />
      )}
    </div>
  );
}

const refOf = ({ space, address, allocatedNs }: MemoryMap, block: number): BlockRef => {
  return { space: space[block], address: address[block], allocatedNs: allocatedNs[block] };
};

function indexOfBlock({ space, address, allocatedNs }: MemoryMap, ref: BlockRef): number | undefined {
  const index = address.findIndex((each, at) => {
    return each === ref.address && space[at] === ref.space && allocatedNs[at] === ref.allocatedNs;
  });
  return index < 0 ? undefined : index;
}

function draw(
  canvas: HTMLCanvasElement,
  { map }: MemoryMap,
  labels: readonly string[],
  hovered: number | undefined,
  selected: number | undefined,
): void {
  const context = contextOf(canvas, { widthPx: LABEL_WIDTH_PX + map.widthPx, heightPx: map.heightPx });
  if (!context) return;
  drawAddressMap(context, map, {
    colours: {
      background: colourOf(canvas, '--bg-sunken'),
      row: colourOf(canvas, '--bg'),
      text: colourOf(canvas, '--text'),
      textMuted: colourOf(canvas, '--text-muted'),
      live: colourOf(canvas, '--ok'),
      freed: colourOf(canvas, '--error'),
      outline: colourOf(canvas, '--accent'),
    },
    font: `10px ${getComputedStyle(canvas).fontFamily}`,
    labelWidthPx: LABEL_WIDTH_PX,
    sectionLabel: (section) => labels[section] ?? '',
    breakLabel: (unusedBytes) => `${formatBytes(unusedBytes)} unused`,
    addressLabel: hexAddress,
    hovered,
    selected,
  });
}
