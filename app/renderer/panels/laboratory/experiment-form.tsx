// What to measure: presets, the fields of the kind, the device, and the button.

import type { FormEvent } from 'react';
import { type Draft, PRESETS, presetOf } from '../../model/laboratory/draft';
import { type FieldErrors, specOfDraft } from '../../model/laboratory/spec-of-draft';
import { Button } from '../../widgets/button';
import { Segmented } from '../../widgets/segmented';
import { DraftText } from './form-fields';
import { KindFields } from './kind-fields';

const DEVICES = [
  { id: 'auto', title: 'Auto', hint: 'The GPU where there is one, the processor otherwise' },
  { id: 'cuda', title: 'CUDA', hint: 'The GPU of that machine' },
  { id: 'cpu', title: 'CPU', hint: 'The twins of the kernels on the processor, labelled [CPU] everywhere' },
] as const;

export interface ExperimentFormProps {
  readonly draft: Draft;
  readonly onChange: (change: Partial<Draft>) => void;
  /** Why nothing can be run here and now, as a sentence. */
  readonly obstacle: string | undefined;
  readonly isRunning: boolean;
  readonly onRun: () => void;
  readonly onCancel: () => void;
  readonly onOpenSource: () => void;
}

/** The form; what is wrong with a field stands under it. */
export function ExperimentForm(props: ExperimentFormProps) {
  const { draft, onChange, obstacle, isRunning, onRun, onCancel, onOpenSource } = props;
  const spec = specOfDraft(draft);
  const errors: FieldErrors = spec.ok ? {} : spec.error;
  const preset = presetOf(draft);
  const part = { draft, errors, change: onChange };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (spec.ok && obstacle === undefined && !isRunning) onRun();
  };
  return (
    <form className="laboratory-form" onSubmit={onSubmit} aria-label="Experiment" data-testid="laboratory-form">
      <fieldset className="laboratory-presets">
        <legend>What to measure</legend>
        {PRESETS.map(({ id, title, hint, change }) => (
          <button
            key={id}
            type="button"
            title={hint}
            aria-pressed={preset?.id === id}
            data-testid={`preset-${id}`}
            onClick={() => onChange(change)}
          >
            {title}
          </button>
        ))}
      </fieldset>
      {preset && <p className="laboratory-hint">{preset.hint}.</p>}
      <KindFields {...part} onOpenSource={onOpenSource} />
      <div className="laboratory-row">
        <span>Device</span>
        <Segmented label="Device" options={DEVICES} value={draft.device} onChange={(device) => onChange({ device })} />
      </div>
      <details open={errors.sampleCount !== undefined || undefined}>
        <summary>How to measure</summary>
        <DraftText {...part} name="sampleCount" label="Samples a point" />
        <label className="laboratory-check">
          <input
            type="checkbox"
            checked={draft.measureCold}
            onChange={({ target }) => onChange({ measureCold: target.checked })}
          />
          with cold caches too
        </label>
        <label
          className="laboratory-check"
          title="A second pass with CUPTI: achieved occupancy, L2 hits, DRAM bytes. Needs permission on the board."
        >
          <input
            type="checkbox"
            checked={draft.readCounters}
            onChange={({ target }) => onChange({ readCounters: target.checked })}
          />
          read hardware counters
        </label>
      </details>
      {errors.kind !== undefined && (
        <span className="widget-field-error" role="alert">
          {errors.kind}
        </span>
      )}
      {obstacle !== undefined && <p className="laboratory-hint">{obstacle}</p>}
      <div className="laboratory-row">
        <Button
          type="submit"
          kind="primary"
          disabled={!spec.ok || obstacle !== undefined || isRunning}
          data-testid="laboratory-run"
        >
          Run
        </Button>
        <Button onClick={onCancel} disabled={!isRunning} data-testid="laboratory-cancel">
          Cancel
        </Button>
      </div>
    </form>
  );
}
