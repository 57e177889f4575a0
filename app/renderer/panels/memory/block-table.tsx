// A list of blocks of any length: only the rows that are seen are asked for.

import { useVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { formatBytes, formatNs } from '../../../../shared/units/format';
import type { BlockOrder } from '../../model/memory/sorted';
import type { BlockPage, BlockRef, BlockRow, PageOf } from '../../worker/memory-methods';
import { counted, fileName, hexAddress } from './memory-words';
import { useAnswer } from './use-answer';

interface BlockTableProps {
  /** Tells lists apart. */
  readonly name: string;
  readonly load: (page: PageOf) => Promise<BlockPage>;
  readonly revision: number;
  /** Ages count to this moment. */
  readonly ageAtNs: number;
  readonly labels: readonly string[];
  readonly formatTime: (timeNs: number) => string;
  readonly selected: BlockRef | undefined;
  readonly onSelect: (block: BlockRef) => void;
}

const ROW_PX = 20;
/** The head stays above the rows and takes this much of their window. */
const HEAD_PX = 22;
/** Rows are asked for in pieces that begin at a multiple of it, three at a time, so that scrolling seldom waits. */
const PIECE_ROWS = 100;

interface Column {
  readonly name: string;
  readonly width: string;
  readonly order?: BlockOrder;
  /** Age grows as the time of allocation falls. */
  readonly isReversed?: boolean;
  /** Stands at the right; columns with an order always do. */
  readonly isNumber?: boolean;
}

const COLUMNS: readonly Column[] = [
  { name: 'Address', width: '136px', order: 'address' },
  { name: 'Size', width: '96px', order: 'bytes' },
  { name: 'Age', width: '96px', order: 'allocatedNs', isReversed: true },
  { name: 'Memory', width: '18%' },
  { name: 'Call', width: '22%' },
  { name: 'NVTX range', width: '22%' },
  { name: 'Allocated by', width: '22%' },
  { name: 'Pool', width: '136px', isNumber: true },
];

interface Sort {
  readonly order: BlockOrder;
  readonly isDescending: boolean;
}

export function BlockTable(props: BlockTableProps) {
  const { name, load, revision, ageAtNs, labels, formatTime, selected, onSelect } = props;
  const [sort, setSort] = useState<Sort>({ order: 'bytes', isDescending: true });
  const [firstRow, setFirstRow] = useState(0);
  const scroller = useRef<HTMLDivElement>(null);
  const page = { ...sort, firstRow, rowCount: 3 * PIECE_ROWS };
  const { answer, failure } = useAnswer(`${name} ${JSON.stringify(page)}`, revision, () => load(page));
  const count = answer?.count ?? 0;
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 4,
    scrollPaddingEnd: HEAD_PX,
    initialRect: { width: 0, height: 10 * ROW_PX },
  });
  const items = virtual.getVirtualItems();
  const seenFirst = items[0]?.index ?? 0;
  useEffect(() => {
    setFirstRow(Math.max(0, (Math.floor(seenFirst / PIECE_ROWS) - 1) * PIECE_ROWS));
  }, [seenFirst]);

  const focusSelected = useFocusOfSelected(scroller);
  const rowAt = (index: number): BlockRow | undefined => answer?.rows[index - answer.firstRow];
  const move = (index: number) => {
    const row = rowAt(Math.min(count - 1, Math.max(0, index)));
    if (!row) return;
    focusSelected();
    onSelect(row);
    virtual.scrollToIndex(index);
  };
  const hasSelected = items.some(({ index }) => isSame(rowAt(index), selected));
  return (
    <div className="memory-table">
      <div className="memory-rows" ref={scroller}>
        <table aria-rowcount={count} data-testid="memory-table">
          <Heads sort={sort} onSort={setSort} />
          <tbody>
            <Spacer heightPx={items[0]?.start ?? 0} />
            {items.map(({ index }) => {
              const row = rowAt(index);
              const isSelected = isSame(row, selected);
              return (
                <Row
                  key={index}
                  index={index}
                  row={row}
                  ageAtNs={ageAtNs}
                  label={labels[row?.space ?? 0] ?? ''}
                  formatTime={formatTime}
                  isSelected={isSelected}
                  isTabStop={isSelected || (!hasSelected && index === seenFirst)}
                  onSelect={onSelect}
                  onMove={move}
                />
              );
            })}
            <Spacer heightPx={virtual.getTotalSize() - (items[items.length - 1]?.end ?? 0)} />
          </tbody>
        </table>
      </div>
      <div className="memory-table-foot" data-testid="memory-table-foot">
        {failure === undefined ? footOf(answer) : `The list cannot be shown: ${failure}. Choose another moment.`}
      </div>
    </div>
  );
}

/** Gives a function: the row that is selected next gets the focus as soon as it is drawn. */
function useFocusOfSelected(scroller: RefObject<HTMLElement | null>): () => void {
  const isWanted = useRef(false);
  useEffect(() => {
    if (!isWanted.current) return;
    const button = scroller.current?.querySelector<HTMLButtonElement>('tbody button[aria-pressed="true"]');
    if (button) isWanted.current = false;
    button?.focus();
  });
  return () => {
    isWanted.current = true;
  };
}

const footOf = (page: BlockPage | undefined) => page && `${counted(page.count, 'block')}, ${formatBytes(page.bytes)}`;

function isSame(row: BlockRef | undefined, other: BlockRef | undefined): boolean {
  if (!row || !other) return false;
  return row.address === other.address && row.allocatedNs === other.allocatedNs && row.space === other.space;
}

/** Stands for the rows that are not drawn. */
function Spacer({ heightPx }: { readonly heightPx: number }) {
  if (heightPx <= 0) return undefined;
  return (
    <tr style={{ height: heightPx }}>
      <td colSpan={COLUMNS.length} />
    </tr>
  );
}

function Heads({ sort, onSort }: { readonly sort: Sort; readonly onSort: (sort: Sort) => void }) {
  return (
    <thead>
      <tr>
        {COLUMNS.map(({ name, width, order, isNumber, isReversed = false }) => {
          if (!order) {
            return (
              <th key={name} scope="col" style={{ width }} className={isNumber ? 'memory-number' : undefined}>
                {name}
              </th>
            );
          }
          const isSorted = sort.order === order;
          const isDown = sort.isDescending !== isReversed;
          const onClick = () => onSort({ order, isDescending: isSorted ? !sort.isDescending : !isReversed });
          return (
            <th
              key={name}
              scope="col"
              style={{ width }}
              className="memory-number"
              aria-sort={isSorted ? (isDown ? 'descending' : 'ascending') : 'none'}
            >
              <button type="button" onClick={onClick}>
                {isSorted ? (isDown ? '▾ ' : '▴ ') : ''}
                {name}
              </button>
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

interface RowProps {
  readonly index: number;
  /** undefined until it came. */
  readonly row: BlockRow | undefined;
  readonly ageAtNs: number;
  readonly label: string;
  readonly formatTime: (timeNs: number) => string;
  readonly isSelected: boolean;
  readonly isTabStop: boolean;
  readonly onSelect: (block: BlockRef) => void;
  readonly onMove: (index: number) => void;
}

function Row({ index, row, ageAtNs, label, formatTime, isSelected, isTabStop, onSelect, onMove }: RowProps) {
  if (!row) return <Spacer heightPx={ROW_PX} />;
  const isFreed = row.freedNs !== undefined;
  const ageNs = Math.min(row.freedNs ?? ageAtNs, ageAtNs) - row.allocatedNs;
  const texts = [label, row.call, row.range, row.library].map((text = '') => text);
  return (
    <tr aria-rowindex={index + 1} className={isFreed ? 'memory-row-freed' : undefined} data-testid="memory-row">
      <td className="memory-number">
        <button
          type="button"
          aria-pressed={isSelected}
          tabIndex={isTabStop ? 0 : -1}
          title={titleOf(row, formatTime)}
          onClick={() => onSelect(row)}
          onKeyDown={(event) => {
            const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
            if (step === undefined) return;
            event.preventDefault();
            onMove(index + step);
          }}
        >
          {hexAddress(row.address)}
        </button>
      </td>
      <td className="memory-number">{formatBytes(row.bytes)}</td>
      <td className="memory-number">{formatNs(ageNs)}</td>
      {texts.map((text, at) => (
        <td key={COLUMNS[at + 3].name} title={text}>
          {at === 3 ? fileName(text) : text}
        </td>
      ))}
      <td className="memory-number">{row.pool ? hexAddress(row.pool.address) : ''}</td>
    </tr>
  );
}

function titleOf({ allocatedNs, freedNs }: BlockRow, formatTime: (timeNs: number) => string): string {
  const freed = freedNs === undefined ? 'not freed' : `freed at ${formatTime(freedNs)}`;
  return `Allocated at ${formatTime(allocatedNs)}, ${freed}`;
}
