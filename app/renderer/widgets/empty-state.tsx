import './widgets.css';
import type { ReactNode } from 'react';

interface EmptyStateProps {
  readonly title: string;
  /** What would fill it. */
  readonly children?: ReactNode;
}

/** What stands where there is nothing to show, and what to do about it. */
export function EmptyState({ title, children }: EmptyStateProps) {
  return (
    <div className="widget-empty" data-testid="empty-state">
      <strong>{title}</strong>
      {children && <span>{children}</span>}
    </div>
  );
}
