import type { Baseline } from '../../../../shared/window/methods';
import type { Point } from '../../model/laboratory/experiments';
import { pointFigures } from '../../model/laboratory/point-figures';
import { deviceWords } from '../../model/laboratory/words';
import { Button } from '../../widgets/button';

interface PointDetailsProps {
  readonly point: Point;
  readonly device: string;
  readonly deviceKind: 'cuda' | 'cpu';
  readonly baselines: readonly Baseline[];
  readonly onShowOnTimeline: () => void;
  readonly onClose: () => void;
}

/** Everything that is known of the picked point. */
export function PointDetails({ point, device, deviceKind, baselines, onShowOnTimeline, onClose }: PointDetailsProps) {
  return (
    <aside className="laboratory-details" aria-label="The picked point" data-testid="laboratory-details">
      <header>
        <h3 aria-live="polite">
          {point.series} · {point.label}
        </h3>
        <Button kind="plain" aria-label="Close the details" title="Close" onClick={onClose}>
          ×
        </Button>
      </header>
      <p className="laboratory-hint">{deviceWords(device, deviceKind)}</p>
      <dl>
        {pointFigures(point, baselines).map(([name, text]) => (
          <div key={`${name} ${text}`}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <Button onClick={onShowOnTimeline} data-testid="laboratory-show-on-timeline">
        Show on the timeline
      </Button>
    </aside>
  );
}
