// A person's own kernel: its file, and how it is launched.

import { useId } from 'react';
import { type ArgumentDraft, NEW_ARGUMENT } from '../../model/laboratory/draft';
import { Button } from '../../widgets/button';
import { TextField } from '../../widgets/text-field';
import { DraftText, type FormPart, SelectField } from './form-fields';

const KINDS = [
  { id: 'buffer', title: 'buffer' },
  { id: 'i32', title: 'int' },
  { id: 'u32', title: 'unsigned' },
  { id: 'f32', title: 'float' },
] as const;
const ELEMENTS = [
  { id: 'f32', title: 'float' },
  { id: 'i32', title: 'int' },
  { id: 'u32', title: 'unsigned' },
  { id: 'u8', title: 'byte' },
] as const;
const FILLS = [
  { id: 'random', title: 'random' },
  { id: 'zero', title: 'zeros' },
] as const;
const ARGUMENT_COUNT_MAX = 32;

interface ArgumentRowProps {
  readonly place: number;
  readonly argument: ArgumentDraft;
  readonly onChange: (change: Partial<ArgumentDraft>) => void;
  readonly onRemove: () => void;
}

function ArgumentRow({ place, argument, onChange, onRemove }: ArgumentRowProps) {
  const name = `Argument ${place + 1}`;
  return (
    <li>
      <SelectField
        label={`${name}: kind`}
        isLabelHidden
        options={KINDS}
        value={argument.kind}
        onChange={(kind) => onChange({ kind })}
      />
      {argument.kind === 'buffer' ? (
        <>
          <SelectField
            label={`${name}: element`}
            isLabelHidden
            options={ELEMENTS}
            value={argument.element}
            onChange={(element) => onChange({ element })}
          />
          <TextField
            label={`${name}: elements`}
            isLabelHidden
            value={argument.count}
            onChange={(count) => onChange({ count })}
          />
          <SelectField
            label={`${name}: filled with`}
            isLabelHidden
            options={FILLS}
            value={argument.fill}
            onChange={(fill) => onChange({ fill })}
          />
        </>
      ) : (
        <TextField
          label={`${name}: value`}
          isLabelHidden
          value={argument.value}
          onChange={(value) => onChange({ value })}
        />
      )}
      <Button kind="plain" aria-label={`Remove argument ${place + 1}`} title="Remove" onClick={onRemove}>
        ×
      </Button>
    </li>
  );
}

/** File, entry, arguments, threads. */
export function KernelFields({ onOpenSource, ...part }: FormPart & { readonly onOpenSource: () => void }) {
  const { draft, errors, change } = part;
  const sourceId = useId();
  const setArguments = (next: readonly ArgumentDraft[]) => change({ arguments: next });
  const changeAt = (place: number, what: Partial<ArgumentDraft>) =>
    setArguments(draft.arguments.map((each, index) => (index === place ? { ...each, ...what } : each)));
  const lineCount = draft.source === '' ? 0 : draft.source.split('\n').length;
  return (
    <>
      <div className="laboratory-source">
        <div className="laboratory-row">
          <label htmlFor={sourceId}>Source{draft.fileName && ` · ${draft.fileName}`}</label>
          <span className="muted">{lineCount > 0 && `${lineCount} lines`}</span>
          <Button onClick={onOpenSource} data-testid="laboratory-open-source">
            Open a .cu file…
          </Button>
        </div>
        <textarea
          id={sourceId}
          className="widget-field mono"
          rows={5}
          spellCheck={false}
          value={draft.source}
          placeholder={'extern "C" __global__\nvoid scale(float* x, unsigned n)'}
          aria-invalid={errors.source !== undefined}
          data-testid="laboratory-source"
          onChange={(event) => change({ source: event.target.value })}
        />
        {errors.source !== undefined && (
          <span className="widget-field-error" role="alert">
            {errors.source}
          </span>
        )}
      </div>
      <DraftText {...part} name="entry" label="Kernel" placeholder="the only one in the file" />
      <fieldset className="laboratory-arguments">
        <legend>Arguments, in their order</legend>
        <ol>
          {draft.arguments.map((argument, place) => (
            <ArgumentRow
              // Arguments have no names; their place is what they are.
              key={`argument ${place.toString()}`}
              place={place}
              argument={argument}
              onChange={(what) => changeAt(place, what)}
              onRemove={() => setArguments(draft.arguments.filter((_, index) => index !== place))}
            />
          ))}
        </ol>
        {errors.arguments !== undefined && (
          <span className="widget-field-error" role="alert">
            {errors.arguments}
          </span>
        )}
        <Button
          disabled={draft.arguments.length >= ARGUMENT_COUNT_MAX}
          onClick={() => setArguments([...draft.arguments, NEW_ARGUMENT])}
        >
          Add an argument
        </Button>
      </fieldset>
      <DraftText {...part} name="threadCount" label="Threads in all" hint="The grid is rounded up to whole blocks" />
      <DraftText {...part} name="blockSizes" label="Threads a block" hint="Such as 32..1024" />
      <DraftText {...part} name="dynamicSharedBytes" label="Dynamic shared memory, bytes a block" />
      <DraftText {...part} name="flops" label="Operations a launch" hint="For GFLOP/s; 0 when not known" />
      <DraftText {...part} name="bytesMoved" label="Bytes a launch" hint="For GB/s; 0 when not known" />
    </>
  );
}
