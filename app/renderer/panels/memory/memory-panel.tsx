// The memory map: what is live where, at any moment of the session.

import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { Mark } from '../../../../shared/window/methods';
import type { SessionStore } from '../../state/session-store';
import type { AskMemory, BlockRef, MemoryExtent } from '../../worker/memory-methods';
import { AddressMapView } from './address-map-view';
import { BlockDetails } from './block-details';
import { BlockLists } from './block-lists';
import { LedgerBar } from './ledger-bar';
import { LiveBytesView } from './live-bytes-view';
import { MapChoices } from './map-choices';
import './memory.css';
import { MemoryTiles } from './memory-tiles';
import { spaceWords } from './memory-words';
import { PoolList } from './pool-list';
import { TimeSlider } from './time-slider';
import { useAnswer } from './use-answer';

export interface MemoryPanelProps {
  /** WorkerClient's request. */
  readonly ask: AskMemory;
  readonly store: SessionStore;
  /** Counts up when more rows came. */
  readonly revision: number;
  /** SessionNs for people. */
  readonly formatTime: (timeNs: number) => string;
  /** Ranges that somebody marked; allocations inside them can be listed. */
  readonly marks?: readonly Mark[];
}

export function MemoryPanel(props: MemoryPanelProps) {
  const { ask, revision } = props;
  const { answer: extent, failure } = useAnswer('extent', revision, () => ask('memory/extent', {}));
  if (failure !== undefined) {
    return (
      <section className="memory-panel memory-empty" aria-label="Memory" role="alert">
        The memory map cannot be shown: {failure}. Close the session and open it again.
      </section>
    );
  }
  if (!extent) return <section className="memory-panel" aria-label="Memory" aria-busy="true" />;
  if (extent.operationCount === 0) {
    return (
      <section className="memory-panel memory-empty" aria-label="Memory" data-testid="memory-empty">
        <p>No allocation was captured.</p>
        <p>Trace the kind memory to see allocations.</p>
      </section>
    );
  }
  return <FilledPanel {...props} extent={extent} />;
}

function FilledPanel({
  ask,
  store,
  revision,
  formatTime,
  marks = [],
  extent,
}: MemoryPanelProps & { extent: MemoryExtent }) {
  const chosenNs = useStore(store, ({ memoryAtNs }) => memoryAtNs);
  const selection = useStore(store, (choices) => choices.selection);
  const [space, setSpace] = useState<number | undefined>(undefined);
  const [hasFreed, setHasFreed] = useState(true);
  const [selected, setSelected] = useState<BlockRef | undefined>(undefined);
  const moment = useAnswer(`${chosenNs}`, revision, () => ask('memory/at', { timeNs: chosenNs }));
  const labels = useMemo(() => extent.spaces.map(spaceWords), [extent.spaces]);
  const atNs = chosenNs ?? extent.toNs;
  const setAtNs = (memoryAtNs: number | undefined) => store.setState({ memoryAtNs });
  return (
    <section className="memory-panel" aria-label="Memory" data-testid="memory-panel">
      <div className="memory-head">
        <MemoryTiles at={moment.answer} space={space} labels={labels} formatTime={formatTime} onMoment={setAtNs} />
        <MapChoices spaces={extent.spaces} space={space} hasFreed={hasFreed} onSpace={setSpace} onFreed={setHasFreed} />
      </div>
      <LiveBytesView
        ask={ask}
        revision={revision}
        extent={extent}
        kinds={moment.answer?.kinds ?? []}
        atNs={atNs}
        selection={selection}
        onMoment={setAtNs}
      />
      <TimeSlider extent={extent} atNs={chosenNs} formatTime={formatTime} onMoment={setAtNs} />
      <div className="memory-middle">
        <AddressMapView
          ask={ask}
          revision={revision}
          timeNs={chosenNs}
          space={space}
          hasFreed={hasFreed}
          labels={labels}
          selected={selected}
          onSelect={setSelected}
        />
        <aside className="memory-side" aria-label="Details">
          <BlockDetails
            ask={ask}
            revision={revision}
            block={selected}
            atNs={atNs}
            labels={labels}
            formatTime={formatTime}
          />
          <PoolList pools={moment.answer?.pools ?? []} labels={labels} />
        </aside>
      </div>
      <BlockLists
        ask={ask}
        revision={revision}
        extent={extent}
        atNs={chosenNs}
        space={space}
        selection={selection}
        marks={marks}
        formatTime={formatTime}
        selected={selected}
        onSelect={setSelected}
      />
      <LedgerBar ask={ask} revision={revision} atNs={chosenNs} formatTime={formatTime} />
    </section>
  );
}
