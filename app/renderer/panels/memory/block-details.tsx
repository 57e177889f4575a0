// The selected block, in full.

import { formatBytes, formatCount, formatNs } from '../../../../shared/units/format';
import type { AskMemory, BlockRef, BlockRow } from '../../worker/memory-methods';
import { hexAddress } from './memory-words';
import { useAnswer } from './use-answer';

interface BlockDetailsProps {
  readonly ask: AskMemory;
  readonly revision: number;
  readonly block: BlockRef | undefined;
  /** The moment that the map shows. */
  readonly atNs: number;
  readonly labels: readonly string[];
  readonly formatTime: (timeNs: number) => string;
}

/** Everything about the selected block. */
export function BlockDetails({ ask, revision, block, atNs, labels, formatTime }: BlockDetailsProps) {
  const key = block && `${block.space} ${block.address} ${block.allocatedNs}`;
  const { answer } = useAnswer(key, revision, async () => ({ key, row: block && (await ask('memory/block', block)) }));
  const row = answer?.key === key ? answer?.row : undefined;
  return (
    <section aria-label="Selected block" data-testid="memory-details">
      <h3>Block</h3>
      {row ? <Facts row={row} atNs={atNs} labels={labels} formatTime={formatTime} /> : <Hint isChosen={!!block} />}
    </section>
  );
}

function Hint({ isChosen }: { readonly isChosen: boolean }) {
  return <p className="memory-hint">{isChosen ? '' : 'Click a block of the map or a row of the list.'}</p>;
}

function Facts({
  row,
  atNs,
  labels,
  formatTime,
}: { row: BlockRow } & Omit<BlockDetailsProps, 'ask' | 'revision' | 'block'>) {
  const endNs = row.freedNs === undefined || row.freedNs > atNs ? undefined : row.freedNs;
  const facts: readonly (readonly [string, string])[] = [
    ['Address', hexAddress(row.address)],
    ['Size', formatBytes(row.bytes)],
    ['Bytes', formatCount(row.bytes)],
    ['Memory', labels[row.space] ?? ''],
    ['Allocated', formatTime(row.allocatedNs)],
    ['Freed', row.freedNs === undefined ? 'not so far' : formatTime(row.freedNs)],
    endNs === undefined
      ? ['Age', atNs < row.allocatedNs ? 'not allocated yet' : formatNs(atNs - row.allocatedNs)]
      : ['Lived', formatNs(endNs - row.allocatedNs)],
    ['Call', row.call ?? 'not traced'],
    ['Thread', row.thread === undefined ? '-' : String(row.thread)],
    ['NVTX range', row.range ?? 'none'],
    ['Allocated by', row.library ?? '-'],
    ['Pool', row.pool ? `${hexAddress(row.pool.address)}, ${formatBytes(row.pool.usedBytes)} used then` : 'none'],
  ];
  return (
    <dl className="memory-facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
