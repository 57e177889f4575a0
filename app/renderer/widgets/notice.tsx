import './widgets.css';
import type { Failure } from '../../../shared/util/failure';
import { Button } from './button';

interface NoticeProps {
  readonly severity: 'info' | 'warning' | 'error';
  readonly sentence: string;
  readonly remedy?: string;
  /** A way to try it again or put it right. */
  readonly action?: { readonly title: string; readonly run: () => void };
}

/** One sentence and what to do about it. Errors are read aloud at once. */
export function Notice({ severity, sentence, remedy, action }: NoticeProps) {
  return (
    <div
      className="widget-notice"
      data-severity={severity}
      data-testid="notice"
      role={severity === 'error' ? 'alert' : 'status'}
    >
      <p>
        {sentence} {remedy && <span className="remedy">{remedy}</span>}
      </p>
      {action && <Button onClick={action.run}>{action.title}</Button>}
    </div>
  );
}

/** Sentence and remedy of whatever a promise was broken with. */
export function failureOf(error: unknown, remedy: string): Pick<Failure, 'sentence' | 'remedy'> {
  const { failure } = (error ?? {}) as { failure?: Failure };
  if (failure) return { sentence: failure.sentence, remedy: failure.remedy };
  return { sentence: error instanceof Error ? error.message : String(error), remedy };
}
