// Experiments that were kept: pin the one that is shown, choose what to compare it with.

import { useState } from 'react';
import type { Baseline } from '../../../../shared/window/methods';
import { baselineWords } from '../../model/laboratory/baselines';
import { Button } from '../../widgets/button';
import { TextField } from '../../widgets/text-field';

interface BaselineBarProps {
  /** Of the same kind of experiment. */
  readonly baselines: readonly Baseline[];
  readonly chosenIds: readonly string[];
  readonly onChoose: (ids: readonly string[]) => void;
  /** What a new one is called when nothing is typed. */
  readonly suggestedName: string;
  readonly onPin: (name: string) => void;
  readonly onRemove: (id: string) => void;
  readonly canPin: boolean;
}

export function BaselineBar(props: BaselineBarProps) {
  const { baselines, chosenIds, onChoose, suggestedName, onPin, onRemove, canPin } = props;
  const [name, setName] = useState('');
  // Those of another kind of experiment stay chosen for it.
  const comparedCount = baselines.filter(({ id }) => chosenIds.includes(id)).length;
  const toggle = (id: string) =>
    onChoose(chosenIds.includes(id) ? chosenIds.filter((each) => each !== id) : [...chosenIds, id]);
  return (
    <details className="laboratory-baselines" data-testid="laboratory-baselines">
      <summary>
        Baselines{comparedCount > 0 && ` · compared with ${comparedCount}`} · {baselines.length} kept
      </summary>
      <form
        className="laboratory-row"
        onSubmit={(event) => {
          event.preventDefault();
          if (!canPin) return;
          onPin(name);
          setName('');
        }}
      >
        <TextField
          label="Name of the baseline"
          isLabelHidden
          placeholder={suggestedName}
          value={name}
          maxLength={200}
          onChange={setName}
          data-testid="laboratory-baseline-name"
        />
        <Button type="submit" disabled={!canPin} data-testid="laboratory-pin">
          Pin this experiment
        </Button>
      </form>
      {baselines.length === 0 && (
        <p className="laboratory-hint">
          None of this kind was pinned yet. Pin this one to compare a later run, or another board, with it.
        </p>
      )}
      <ul>
        {baselines.map((baseline) => (
          <li key={baseline.id} data-testid="laboratory-baseline">
            <label>
              <input type="checkbox" checked={chosenIds.includes(baseline.id)} onChange={() => toggle(baseline.id)} />
              {baseline.name} <span className="muted">{baselineWords(baseline)}</span>
            </label>
            <Button
              kind="plain"
              aria-label={`Remove the baseline ${baseline.name}`}
              title="Remove"
              onClick={() => onRemove(baseline.id)}
            >
              ×
            </Button>
          </li>
        ))}
      </ul>
    </details>
  );
}
