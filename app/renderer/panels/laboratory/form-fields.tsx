// Pieces of the form: a choice from a list, and some of a few.

import { useId } from 'react';
import type { Draft, DraftField } from '../../model/laboratory/draft';
import type { FieldErrors } from '../../model/laboratory/spec-of-draft';
import { TextField } from '../../widgets/text-field';

/** What every part of the form is given. */
export interface FormPart {
  readonly draft: Draft;
  readonly errors: FieldErrors;
  readonly change: (change: Partial<Draft>) => void;
}

type TextName = { [Name in DraftField]: Draft[Name] extends string ? Name : never }[DraftField];

interface DraftTextProps extends FormPart {
  readonly name: TextName;
  readonly label: string;
  readonly hint?: string;
  readonly placeholder?: string;
}

/** A field of the draft as a line of text, with what is wrong with it. */
export function DraftText({ draft, errors, change, name, label, hint, placeholder }: DraftTextProps) {
  return (
    <TextField
      label={label}
      value={draft[name]}
      error={errors[name]}
      title={hint}
      placeholder={placeholder}
      className="mono"
      data-testid={`laboratory-${name}`}
      onChange={(text) => change({ [name]: text })}
    />
  );
}

interface SelectFieldProps<Id extends string> {
  readonly label: string;
  readonly isLabelHidden?: boolean;
  readonly options: readonly { readonly id: Id; readonly title: string }[];
  readonly value: Id;
  readonly onChange: (id: Id) => void;
  readonly testId?: string;
}

/** One of many. */
export function SelectField<Id extends string>(props: SelectFieldProps<Id>) {
  const { label, isLabelHidden, options, value, onChange, testId } = props;
  const id = useId();
  const select = (
    <select
      id={id}
      className="widget-field"
      value={value}
      aria-label={isLabelHidden ? label : undefined}
      data-testid={testId}
      onChange={(event) => onChange(event.target.value as Id)}
    >
      {options.map((option) => (
        <option key={option.id} value={option.id}>
          {option.title}
        </option>
      ))}
    </select>
  );
  if (isLabelHidden) return select;
  return (
    <label className="widget-field-label" htmlFor={id}>
      {label}
      {select}
    </label>
  );
}

interface SomeOfProps<Id extends string> {
  readonly label: string;
  readonly options: readonly { readonly id: Id; readonly title: string }[];
  readonly chosen: readonly Id[];
  readonly onChange: (chosen: Id[]) => void;
  readonly error?: string;
}

/** Some of a few, all of them in view. */
export function SomeOf<Id extends string>({ label, options, chosen, onChange, error }: SomeOfProps<Id>) {
  const errorId = useId();
  return (
    <fieldset className="laboratory-some" aria-describedby={error === undefined ? undefined : errorId}>
      <legend>{label}</legend>
      {options.map(({ id, title }) => (
        <label key={id}>
          <input
            type="checkbox"
            checked={chosen.includes(id)}
            onChange={({ target }) =>
              onChange(
                options.map((each) => each.id).filter((each) => (each === id ? target.checked : chosen.includes(each))),
              )
            }
          />
          {title}
        </label>
      ))}
      {error !== undefined && (
        <span id={errorId} className="widget-field-error" role="alert">
          {error}
        </span>
      )}
    </fieldset>
  );
}
