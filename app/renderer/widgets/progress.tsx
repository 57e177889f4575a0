import './widgets.css';

interface ProgressProps {
  /** Accessible name: what is being done. */
  readonly label: string;
  /** 0 to 1; undefined while nobody knows. */
  readonly doneRatio?: number;
}

/** A thin bar. */
export function Progress({ label, doneRatio }: ProgressProps) {
  const percent = doneRatio === undefined ? undefined : Math.round(Math.max(0, Math.min(1, doneRatio)) * 100);
  return (
    <span
      className="widget-progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      data-endless={percent === undefined}
    >
      <span style={percent === undefined ? undefined : { width: `${percent}%` }} />
    </span>
  );
}
