// Which memory is shown.

import type { SpaceLabel } from '../../worker/memory-methods';
import { spaceWords } from './memory-words';

interface MapChoicesProps {
  readonly spaces: readonly SpaceLabel[];
  /** Index of the spaces; undefined is all. */
  readonly space: number | undefined;
  readonly hasFreed: boolean;
  readonly onSpace: (space: number | undefined) => void;
  readonly onFreed: (hasFreed: boolean) => void;
}

export function MapChoices({ spaces, space, hasFreed, onSpace, onFreed }: MapChoicesProps) {
  return (
    <div className="memory-choices">
      <label>
        Show{' '}
        <select
          value={space ?? ''}
          data-testid="memory-space"
          onChange={({ target }) => onSpace(target.value === '' ? undefined : Number(target.value))}
        >
          <option value="">All memory</option>
          {spaces.map((each, index) => (
            <option key={`${each.source} ${each.device} ${each.kind}`} value={index}>
              {spaceWords(each)}
            </option>
          ))}
        </select>
      </label>
      <label>
        <input
          type="checkbox"
          checked={hasFreed}
          data-testid="memory-has-freed"
          onChange={({ target }) => onFreed(target.checked)}
        />
        Freed blocks
      </label>
    </div>
  );
}
