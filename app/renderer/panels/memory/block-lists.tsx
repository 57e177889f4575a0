// Lists of blocks: those live at the moment, those never freed, and those allocated inside ranges.

import { useState } from 'react';
import type { Mark } from '../../../../shared/window/methods';
import type { TimeRange } from '../../state/session-store';
import type { AskMemory, BlockPage, BlockRef, MemoryExtent, PageOf, RangeName } from '../../worker/memory-methods';
import './block-lists.css';
import { BlockTable } from './block-table';
import { shortSpaceWords } from './memory-words';
import { useAnswer } from './use-answer';

interface BlockListsProps {
  readonly ask: AskMemory;
  readonly revision: number;
  readonly extent: MemoryExtent;
  /** undefined is the newest. */
  readonly atNs: number | undefined;
  readonly space: number | undefined;
  readonly selection: TimeRange | undefined;
  readonly marks: readonly Mark[];
  readonly formatTime: (timeNs: number) => string;
  readonly selected: BlockRef | undefined;
  readonly onSelect: (block: BlockRef) => void;
}

type ListName = 'live' | 'never' | 'inside';
const LISTS: readonly (readonly [ListName, string])[] = [
  ['live', 'Live blocks'],
  ['never', 'Never freed'],
  ['inside', 'Inside ranges'],
];

/** Where the list "inside" looks. */
type Place = 'selection' | 'marks' | `range:${string}`;

export function BlockLists(props: BlockListsProps) {
  const { ask, revision, extent, atNs, space, selection, marks, formatTime } = props;
  const [list, setList] = useState<ListName>('live');
  const [place, setPlace] = useState<Place>('selection');
  const names = useAnswer(list === 'inside' ? 'names' : undefined, revision, () => ask('memory/range-names', {}));
  const ranges = place === 'selection' ? rangesOf(selection) : marks.filter(({ fromNs, toNs }) => toNs > fromNs);
  const rangeName = place.startsWith('range:') ? place.slice('range:'.length) : undefined;
  const pages: Record<ListName, { name: string; load: (page: PageOf) => Promise<BlockPage> }> = {
    live: {
      name: `live ${atNs} ${space}`,
      load: async (page) => (await ask('memory/at', { timeNs: atNs, space, page })).live ?? NO_PAGE,
    },
    never: { name: `never ${space}`, load: (page) => ask('memory/never-freed', { space, page }) },
    inside: {
      name: `inside ${space} ${rangeName} ${JSON.stringify(ranges)}`,
      load: (page) => ask('memory/inside', { ranges, rangeName, space, page }),
    },
  };
  const ageAtNs = list === 'live' ? (atNs ?? extent.toNs) : extent.toNs;
  return (
    <section className="memory-lists" aria-label="Lists of blocks">
      <div className="memory-tabs">
        <div role="tablist" aria-label="Lists of blocks">
          {LISTS.map(([name, words]) => (
            <button
              type="button"
              role="tab"
              key={name}
              aria-selected={list === name}
              data-testid={`memory-tab-${name}`}
              onClick={() => setList(name)}
            >
              {words}
            </button>
          ))}
        </div>
        {list === 'inside' && <PlaceChoice place={place} onPlace={setPlace} marks={marks} names={names.answer ?? []} />}
        <span className="memory-hint">{sentenceOf(list, place, props, formatTime)}</span>
      </div>
      <BlockTable key={list} {...props} {...pages[list]} labels={shortSpaceWords(extent.spaces)} ageAtNs={ageAtNs} />
    </section>
  );
}

const NO_PAGE: BlockPage = { count: 0, bytes: 0, firstRow: 0, rows: [] };
const rangesOf = (selection: TimeRange | undefined) => (selection ? [selection] : []);

function sentenceOf(
  list: ListName,
  place: Place,
  { extent, selection, marks }: BlockListsProps,
  formatTime: (timeNs: number) => string,
): string {
  if (list === 'never') {
    return extent.exitedNs === undefined
      ? 'Not freed so far; the program has not ended.'
      : `Not freed when the program ended at ${formatTime(extent.exitedNs)}.`;
  }
  if (list === 'live') {
    const { freeWithoutAllocation, allocationOverLive } = extent.mismatches;
    if (freeWithoutAllocation + allocationOverLive === 0) return '';
    return `${freeWithoutAllocation} frees without an allocation, ${allocationOverLive} allocations over a live block: tracing began late, or rows were lost.`;
  }
  if (place === 'marks') return `Allocated inside ${marks.length} marked ranges. Blocks freed since are pale.`;
  if (place !== 'selection')
    return 'Allocated while such a range was open, by any thread of its process. Blocks freed since are pale.';
  if (!selection) return 'Nothing is selected. Drag over the timeline to select a range.';
  return `Allocated from ${formatTime(selection.fromNs)} to ${formatTime(selection.toNs)}. Blocks freed since are pale.`;
}

interface PlaceChoiceProps {
  readonly place: Place;
  readonly onPlace: (place: Place) => void;
  readonly marks: readonly Mark[];
  readonly names: readonly RangeName[];
}

function PlaceChoice({ place, onPlace, marks, names }: PlaceChoiceProps) {
  return (
    <select
      aria-label="Ranges to look into"
      data-testid="memory-place"
      value={place}
      onChange={({ target }) => onPlace(target.value as Place)}
    >
      <option value="selection">Selection</option>
      {marks.some(({ fromNs, toNs }) => toNs > fromNs) && <option value="marks">Marked ranges</option>}
      {names.length > 0 && (
        <optgroup label="NVTX ranges">
          {names.map(({ name, count }) => (
            <option key={name} value={`range:${name}`}>
              {name} ({count})
            </option>
          ))}
        </optgroup>
      )}
    </select>
  );
}
