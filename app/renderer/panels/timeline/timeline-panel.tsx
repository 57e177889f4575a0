// The live timeline: bar, names of the rows, overview, drawing.

import { useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { formatBytes, formatNs } from '../../../../shared/units/format';
import { useActions, useChoices, useFacts, useSession } from '../../context';
import { isTyping } from '../../timeline/input';
import { Button } from '../../widgets/button';
import { TextField } from '../../widgets/text-field';
import { TimelineBinding } from './timeline-binding';
import './timeline-panel.css';
import { TrackHeaders } from './track-headers';

function formatCounter(value: number, unit: string): string {
  if (unit === 'B') return formatBytes(value);
  if (unit === 'ratio') return `${(value * 100).toFixed(1)} %`;
  return `${value.toLocaleString('en-US', { maximumFractionDigits: 1 })} ${unit}`;
}

/** What the bar says of the view and the selection. */
function useViewWords(): string {
  const view = useChoices((choices) => choices.view);
  const selection = useChoices((choices) => choices.selection);
  const shown = view ? `${formatNs(view.toNs - view.fromNs)} shown` : '';
  return selection ? `${shown} · ${formatNs(selection.toNs - selection.fromNs)} selected` : shown;
}

function SearchField({ binding }: { readonly binding: TimelineBinding }) {
  const [query, setQuery] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const words = useStore(binding.shown, ({ searchWords }) => searchWords);
  const actions = useActions();
  const search = (direction: 'next' | 'previous') =>
    binding.search(query, direction).catch((error) => actions.tell(error));
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const field = input.current;
      if (event.key !== '/' || isTyping(event.target) || !field?.offsetParent) return;
      event.preventDefault();
      field.focus();
      field.select();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
  return (
    <>
      <TextField
        ref={input}
        label="Search slices"
        isLabelHidden
        placeholder="Search, or /regular expression/"
        value={query}
        onChange={setQuery}
        data-testid="timeline-search"
        onKeyDown={(event) => {
          if (event.key === 'Enter') void search(event.shiftKey ? 'previous' : 'next');
          if (event.key === 'Escape') event.currentTarget.blur();
        }}
      />
      <Button aria-label="Previous match" onClick={() => void search('previous')}>
        ‹
      </Button>
      <Button aria-label="Next match" onClick={() => void search('next')}>
        ›
      </Button>
      <span className="muted" data-testid="search-words">
        {words}
      </span>
    </>
  );
}

function TimelineBar({ binding }: { readonly binding: TimelineBinding }) {
  const isLive = useFacts(({ description }) => description.kind === 'live');
  const isFollowing = useChoices((choices) => choices.isFollowing);
  const nameFilter = useChoices((choices) => choices.nameFilter);
  const { choices } = useSession();
  const words = useViewWords();
  return (
    <div className="timeline-bar">
      {isLive && (
        <Button
          aria-pressed={isFollowing}
          title="Space; capture goes on either way"
          data-testid="follow"
          onClick={() => binding.setFollowing(!isFollowing)}
        >
          {isFollowing ? 'Pause' : 'Follow'}
        </Button>
      )}
      <SearchField binding={binding} />
      <span className="spacer" />
      {nameFilter && (
        <Button title="Show all slices again" onClick={() => choices.setState({ nameFilter: '' })}>
          only {nameFilter.slice(0, 40)} ×
        </Button>
      )}
      <span className="muted" data-testid="view-words">
        {words}
      </span>
    </div>
  );
}

function Headers({ binding }: { readonly binding: TimelineBinding }) {
  const layout = useStore(binding.shown, (shown) => shown.layout);
  const scrollTopPx = useStore(binding.shown, (shown) => shown.scrollTopPx);
  const counterValues = useStore(binding.shown, (shown) => shown.counterValues);
  const pinned = useChoices((choices) => choices.pinnedTracks);
  return (
    <TrackHeaders
      layout={layout}
      scrollTopPx={scrollTopPx}
      pinned={pinned}
      onPin={(id) => binding.togglePin(id)}
      onCollapse={(id) => binding.toggleCollapse(id)}
      onMove={(id, step) => binding.movePinned(id, step)}
      counterWords={(id) => {
        const counter = counterValues.get(id);
        return counter ? formatCounter(counter.value, counter.unit) : '';
      }}
    />
  );
}

export function TimelinePanel() {
  const actions = useActions();
  const session = useSession();
  const surface = useRef<HTMLDivElement>(null);
  const overview = useRef<HTMLDivElement>(null);
  const [binding, setBinding] = useState<TimelineBinding>();
  const [trackFilter, setTrackFilter] = useState('');
  useEffect(() => {
    if (!surface.current || !overview.current) return;
    const onError = (error: unknown) => actions.tell(error);
    const made = new TimelineBinding(session, actions.store, surface.current, overview.current, onError);
    setBinding(made);
    return () => {
      setBinding(undefined);
      made.dispose();
    };
  }, [actions, session]);
  return (
    <div className="timeline" data-testid="timeline-panel">
      {binding ? <TimelineBar binding={binding} /> : <div className="timeline-bar" />}
      <div className="timeline-corner">
        <TextField
          label="Filter rows"
          isLabelHidden
          placeholder="Filter rows"
          value={trackFilter}
          onChange={(text) => {
            setTrackFilter(text);
            binding?.setTrackFilter(text);
          }}
        />
      </div>
      <div className="timeline-overview" ref={overview} />
      {binding ? <Headers binding={binding} /> : <div />}
      <div className="timeline-surface" ref={surface} />
    </div>
  );
}
