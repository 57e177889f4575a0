import type { HTMLAttributes, Ref } from 'react';

interface GridPartProps extends Omit<HTMLAttributes<HTMLDivElement>, 'role'> {
  readonly role: 'grid' | 'rowgroup' | 'row' | 'columnheader' | 'gridcell';
  readonly ref?: Ref<HTMLDivElement>;
}

/**
 * A part of a table whose rows are drawn only where they are seen. They are placed by hand, so they are plain boxes with a role and no
 * <table>, which keeps its meaning only in its own layout. The focus stays on the grid.
 */
export function GridPart(props: GridPartProps) {
  return <div {...props} />;
}
