// What to run under the scheduler: a preset or a file, the policy, for how long, where.

import type { FormEvent } from 'react';
import { choiceOfDraft, type Draft, type DraftErrors, POLICIES, PRESETS } from '../../model/scheduler/draft';
import { Button } from '../../widgets/button';
import { Segmented } from '../../widgets/segmented';
import { TextField } from '../../widgets/text-field';
import { SelectField } from '../laboratory/form-fields';

const DEVICES = [
  { id: 'auto', title: 'Auto', hint: 'The GPU where there is one, the processor otherwise' },
  { id: 'cuda', title: 'CUDA', hint: 'The GPU of that machine' },
  { id: 'cpu', title: 'CPU', hint: 'Everything on the processor, labelled [CPU] everywhere' },
] as const;

export interface WorkloadFormProps {
  readonly draft: Draft;
  readonly onChange: (change: Partial<Draft>) => void;
  /** Why nothing can be run here and now, as a sentence. */
  readonly obstacle: string | undefined;
  readonly isRunning: boolean;
  readonly onRun: () => void;
  readonly onStop: () => void;
  readonly onOpenFile: () => void;
}

/** The form; what is wrong with a field stands under it. */
export function WorkloadForm(props: WorkloadFormProps) {
  const { draft, onChange, obstacle, isRunning, onRun, onStop, onOpenFile } = props;
  const choice = choiceOfDraft(draft);
  const errors: DraftErrors = choice.ok ? {} : choice.error;
  const preset = PRESETS.find(({ id }) => id === draft.preset);
  const canRun = choice.ok && obstacle === undefined && !isRunning;
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (canRun) onRun();
  };
  return (
    <form className="laboratory-form" onSubmit={onSubmit} aria-label="Workload" data-testid="scheduler-form">
      <fieldset className="laboratory-presets">
        <legend>What to run</legend>
        {PRESETS.map(({ id, title, hint }) => (
          <button
            key={id}
            type="button"
            title={hint}
            aria-pressed={draft.preset === id}
            data-testid={`workload-${id}`}
            onClick={() => onChange({ preset: id })}
          >
            {title}
          </button>
        ))}
        <button
          type="button"
          title="A workload file: models, arrivals, deadlines, policy"
          aria-pressed={draft.preset === undefined}
          data-testid="workload-file"
          onClick={onOpenFile}
        >
          YAML file…
        </button>
      </fieldset>
      <p className="laboratory-hint">{preset ? `${preset.hint}.` : (draft.file?.fileName ?? '')}</p>
      {errors.workload !== undefined && (
        <span className="widget-field-error" role="alert">
          {errors.workload}
        </span>
      )}
      <SelectField
        label="Policy"
        options={POLICIES}
        value={draft.policy}
        onChange={(policy) => onChange({ policy })}
        testId="scheduler-policy"
      />
      <TextField
        label="Seconds"
        value={draft.seconds}
        error={errors.seconds}
        placeholder="as the workload says"
        className="mono"
        data-testid="scheduler-seconds"
        onChange={(seconds) => onChange({ seconds })}
      />
      <div className="laboratory-row">
        <span>Device</span>
        <Segmented label="Device" options={DEVICES} value={draft.device} onChange={(device) => onChange({ device })} />
      </div>
      {obstacle !== undefined && <p className="laboratory-hint">{obstacle}</p>}
      <div className="laboratory-row">
        <Button type="submit" kind="primary" disabled={!canRun} data-testid="scheduler-run">
          Run
        </Button>
        <Button onClick={onStop} disabled={!isRunning} data-testid="scheduler-stop">
          Stop
        </Button>
      </div>
    </form>
  );
}
