// The tracks of a session: which there are, what they are called and in which order they stand. They are made as rows ask for them.

import type { CounterTrack } from './counter-track';
import { CounterTrack as Counter } from './counter-track';
import type { Entities } from './entities';
import type { NameTable } from './names';
import { SliceTrack } from './slice-track';

/** What a track is of. `id`s are numbers of its source: context, stream, thread, domain, or a string. */
export type TrackSubject =
  | { readonly kind: 'mark'; readonly of: 'loss' | 'gap' | 'diagnostic' | 'range' }
  | { readonly kind: 'stream'; readonly device: number; readonly context: number; readonly stream: number }
  | { readonly kind: 'range'; readonly domain: number; readonly thread: number }
  /** Start/end ranges: they belong to no thread. */
  | { readonly kind: 'openRange' }
  | { readonly kind: 'api'; readonly thread: number }
  | { readonly kind: 'sync'; readonly context: number }
  | { readonly kind: 'overhead'; readonly thread: number }
  | { readonly kind: 'memory'; readonly memory: string }
  | { readonly kind: 'health'; readonly metric: number };

export type TrackKind = TrackSubject['kind'];

/** From top to bottom, inside one source. Marks come before everything and health after. */
const KIND_ORDER: readonly TrackKind[] = [
  'mark',
  'stream',
  'memory',
  'openRange',
  'range',
  'api',
  'sync',
  'overhead',
  'health',
];

export interface SliceTrackEntry {
  readonly shape: 'slices';
  readonly id: string;
  readonly source: number;
  readonly subject: TrackSubject;
  readonly track: SliceTrack;
}

export interface CounterTrackEntry {
  readonly shape: 'counter';
  readonly id: string;
  readonly source: number;
  readonly subject: TrackSubject;
  readonly track: CounterTrack;
}

export type TrackEntry = SliceTrackEntry | CounterTrackEntry;

/** A track as the window lists it. */
export interface TrackSummary {
  readonly id: string;
  readonly kind: TrackKind;
  readonly shape: 'slices' | 'counter';
  readonly label: string;
  readonly source: number;
  /** Label of the group it stands in. */
  readonly process: string;
  /** Label of the group inside that. */
  readonly device: string | undefined;
  /** Depths; 1 for a counter. */
  readonly laneCount: number;
  readonly rowCount: number;
  /** Of a counter: `B`, `°C`, `mW` and so on; '' otherwise. */
  readonly unit: string;
}

const UNITS: readonly (readonly [ending: string, unit: string])[] = [
  ['_ratio', 'ratio'],
  ['_celsius', '°C'],
  ['_bytes', 'B'],
  ['_watts', 'W'],
  ['_mw', 'mW'],
  ['_hz', 'Hz'],
  ['_khz', 'kHz'],
  ['_mhz', 'MHz'],
];

function unitOfMetric(metric: string): string {
  return UNITS.find(([ending]) => metric.toLowerCase().endsWith(ending))?.[1] ?? '';
}

const MARK_LABELS = { loss: 'Losses', gap: 'Gaps', diagnostic: 'Diagnostics', range: 'NVTX marks' } as const;

/** A stable name: the same in every run over the same rows. */
function idOf(source: number, subject: TrackSubject): string {
  switch (subject.kind) {
    case 'mark':
      return `mark/${source}/${subject.of}`;
    case 'stream':
      return `stream/${source}/${subject.context}/${subject.stream}`;
    case 'range':
      return `range/${source}/${subject.domain}/${subject.thread}`;
    case 'openRange':
      return `openRange/${source}`;
    case 'sync':
      return `sync/${source}/${subject.context}`;
    case 'memory':
      return `memory/${source}/${subject.memory}`;
    case 'health':
      return `health/${source}/${subject.metric}`;
    default:
      return `${subject.kind}/${source}/${subject.thread}`;
  }
}

export class Tracks {
  readonly entries = new Map<string, TrackEntry>();
  private sorted: readonly TrackEntry[] | undefined;

  constructor(
    private readonly entities: Entities,
    private readonly names: NameTable,
  ) {}

  /** The track of slices of this subject; made when it is new. */
  slices(source: number, subject: TrackSubject): SliceTrackEntry {
    const id = idOf(source, subject);
    const known = this.entries.get(id);
    if (known?.shape === 'slices') return known;
    return this.add({ shape: 'slices', id, source, subject, track: new SliceTrack() });
  }

  /** The counter of this subject; made when it is new. */
  counter(source: number, subject: TrackSubject): CounterTrackEntry {
    const id = idOf(source, subject);
    const known = this.entries.get(id);
    if (known?.shape === 'counter') return known;
    const track = new Counter(subject.kind === 'memory' ? 'sum' : 'level');
    return this.add({ shape: 'counter', id, source, subject, track });
  }

  /** All, from top to bottom. */
  inOrder(): readonly TrackEntry[] {
    this.sorted ??= [...this.entries.values()].sort(compareEntries);
    return this.sorted;
  }

  labelOf({ source, subject }: TrackEntry): string {
    switch (subject.kind) {
      case 'mark':
        return MARK_LABELS[subject.of];
      case 'stream': {
        const label = this.entities.streamLabel(source, subject.context, subject.stream);
        return this.hasSeveralContexts(source) ? `${label}, context ${subject.context}` : label;
      }
      case 'range': {
        const thread = this.entities.threadLabel(source, subject.thread);
        return subject.domain === 0 ? `Ranges: ${thread}` : `${this.names.textOf(source, subject.domain)}: ${thread}`;
      }
      case 'openRange':
        return 'Start/end ranges';
      case 'api':
        return this.entities.threadLabel(source, subject.thread);
      case 'sync':
        return this.hasSeveralContexts(source) ? `Synchronization, context ${subject.context}` : 'Synchronization';
      case 'overhead':
        return subject.thread === 0
          ? 'Profiling overhead'
          : `Overhead: ${this.entities.threadLabel(source, subject.thread)}`;
      case 'memory':
        return `${subject.memory} memory`;
      case 'health':
        return this.names.textOf(source, subject.metric);
    }
  }

  deviceOf({ source, subject }: TrackEntry): string | undefined {
    return subject.kind === 'stream' ? this.entities.deviceLabel(source, subject.device) : undefined;
  }

  summaries(): TrackSummary[] {
    return this.inOrder().map((entry) => ({
      id: entry.id,
      kind: entry.subject.kind,
      shape: entry.shape,
      label: this.labelOf(entry),
      source: entry.source,
      process:
        entry.subject.kind === 'mark' && entry.source === 0 ? 'Session' : this.entities.processLabel(entry.source),
      device: this.deviceOf(entry),
      laneCount: entry.shape === 'slices' ? entry.track.lanes.length : 1,
      rowCount: entry.track.rowCount,
      unit: this.unitOf(entry),
    }));
  }

  unitOf({ source, subject }: TrackEntry): string {
    if (subject.kind === 'memory') return 'B';
    return subject.kind === 'health' ? unitOfMetric(this.names.textOf(source, subject.metric)) : '';
  }

  private hasSeveralContexts(source: number): boolean {
    const contexts = new Set<number>();
    for (const { source: of, subject } of this.entries.values()) {
      if (of === source && subject.kind === 'stream') contexts.add(subject.context);
    }
    return contexts.size > 1;
  }

  private add<E extends TrackEntry>(entry: E): E {
    this.entries.set(entry.id, entry);
    this.sorted = undefined;
    return entry;
  }
}

const numbersOf = (subject: TrackSubject) => Object.values(subject).filter((value) => typeof value === 'number');

function compareEntries(left: TrackEntry, right: TrackEntry): number {
  const place = ({ source, subject }: TrackEntry) => {
    const outside = subject.kind === 'mark' ? -1 : subject.kind === 'health' ? 1 : 0;
    return [outside, source, KIND_ORDER.indexOf(subject.kind), ...numbersOf(subject)];
  };
  const [a, b] = [place(left), place(right)];
  const differing = a.findIndex((value, index) => value !== b[index]);
  if (differing >= 0 && differing < b.length) return a[differing] - b[differing];
  return left.id < right.id ? -1 : 1;
}
