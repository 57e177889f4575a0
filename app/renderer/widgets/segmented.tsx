import './widgets.css';
import { useId } from 'react';

interface SegmentedProps<Id extends string> {
  readonly label: string;
  readonly options: readonly { readonly id: Id; readonly title: string; readonly hint?: string }[];
  readonly value: Id;
  readonly onChange: (id: Id) => void;
}

/** One of a few choices, all of them in view: radio buttons in one row. */
export function Segmented<Id extends string>({ label, options, value, onChange }: SegmentedProps<Id>) {
  const name = useId();
  return (
    <div className="widget-segmented" role="radiogroup" aria-label={label}>
      {options.map(({ id, title, hint }) => (
        <label key={id} title={hint}>
          <input type="radio" name={name} checked={id === value} onChange={() => onChange(id)} />
          {title}
        </label>
      ))}
    </div>
  );
}
