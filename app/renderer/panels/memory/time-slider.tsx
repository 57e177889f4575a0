// Chooses the moment that the map shows. At its right end it stays on the newest rows.

import type { MemoryExtent } from '../../worker/memory-methods';

interface TimeSliderProps {
  readonly extent: MemoryExtent;
  /** undefined is the newest. */
  readonly atNs: number | undefined;
  readonly formatTime: (timeNs: number) => string;
  readonly onMoment: (timeNs: number | undefined) => void;
}

/** What an arrow key moves. */
const STEP_COUNT = 1000;

export function TimeSlider({ extent, atNs, formatTime, onMoment }: TimeSliderProps) {
  const { fromNs, toNs } = extent;
  const shownNs = atNs ?? toNs;
  return (
    <div className="memory-slider">
      <input
        type="range"
        aria-label="Moment of the memory map"
        aria-valuetext={formatTime(shownNs)}
        data-testid="memory-slider"
        min={0}
        max={STEP_COUNT}
        step={1}
        value={toNs > fromNs ? Math.round(((shownNs - fromNs) / (toNs - fromNs)) * STEP_COUNT) : STEP_COUNT}
        onChange={({ target }) => {
          const step = Number(target.value);
          onMoment(step === STEP_COUNT ? undefined : fromNs + (step / STEP_COUNT) * (toNs - fromNs));
        }}
      />
      <output className="memory-number">{formatTime(shownNs)}</output>
      <button
        type="button"
        aria-pressed={atNs === undefined}
        title="Show the newest rows, and stay on them"
        data-testid="memory-newest"
        onClick={() => onMoment(atNs === undefined ? toNs : undefined)}
      >
        Newest
      </button>
    </div>
  );
}
