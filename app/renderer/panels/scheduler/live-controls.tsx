// What can be changed while a workload runs: the policy, and the limits of one model.

import { type FormEvent, useState } from 'react';
import { POLICY_CHOICES, type PolicyChoice, type WorkloadChange } from '../../../../shared/rpc/workload-control';
import { POLICIES } from '../../model/scheduler/draft';
import { Button } from '../../widgets/button';
import { TextField } from '../../widgets/text-field';
import { SelectField } from '../laboratory/form-fields';

interface LiveControlsProps {
  readonly models: readonly string[];
  /** Why nothing can be changed, as a sentence. */
  readonly obstacle: string | undefined;
  readonly onChange: (change: WorkloadChange) => void;
}

const LIVE_POLICIES = POLICIES.filter(
  (each): each is { id: PolicyChoice; title: string } => each.id !== 'own' && POLICY_CHOICES.includes(each.id),
);

/** undefined for an empty field, NaN for one that is no whole number of at least `least`. */
function countOf(text: string, least: number): number | undefined {
  if (text.trim() === '') return undefined;
  const value = Number(text);
  return Number.isInteger(value) && value >= least ? value : Number.NaN;
}

export function LiveControls({ models, obstacle, onChange }: LiveControlsProps) {
  const [policy, setPolicy] = useState<PolicyChoice>('latency-aware');
  const [chosenModel, setModel] = useState('');
  const [batchText, setBatchText] = useState('');
  const [queueText, setQueueText] = useState('');
  if (obstacle !== undefined) return <p className="laboratory-hint">{obstacle}</p>;
  const model = models.includes(chosenModel) ? chosenModel : (models[0] ?? '');
  const maxBatchSize = countOf(batchText, 1);
  const maxQueueSize = countOf(queueText, 0);
  const isWrong = Number.isNaN(maxBatchSize) || Number.isNaN(maxQueueSize);
  const isEmpty = maxBatchSize === undefined && maxQueueSize === undefined;
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (!isWrong && !isEmpty && model !== '') onChange({ kind: 'limits', model, maxBatchSize, maxQueueSize });
  };
  return (
    <div className="laboratory-form" data-testid="scheduler-controls">
      <div className="scheduler-switch">
        <SelectField label="Policy" options={LIVE_POLICIES} value={policy} onChange={setPolicy} testId="live-policy" />
        <Button onClick={() => onChange({ kind: 'policy', policy })} data-testid="live-policy-apply">
          Switch
        </Button>
      </div>
      {model !== '' && (
        <form className="laboratory-form" onSubmit={onSubmit} aria-label="Limits of a model">
          <SelectField
            label="Limits of"
            options={models.map((id) => ({ id, title: id }))}
            value={model}
            onChange={setModel}
            testId="live-model"
          />
          <TextField
            label="Largest batch"
            value={batchText}
            placeholder="as it is"
            error={Number.isNaN(maxBatchSize) ? 'A whole number of at least 1.' : undefined}
            onChange={setBatchText}
          />
          <TextField
            label="Longest queue, 0 is no limit"
            value={queueText}
            placeholder="as it is"
            error={Number.isNaN(maxQueueSize) ? 'A whole number of at least 0.' : undefined}
            onChange={setQueueText}
          />
          <div className="laboratory-row">
            <Button type="submit" disabled={isWrong || isEmpty} data-testid="live-limits-apply">
              Set
            </Button>
          </div>
        </form>
      )}
    </div>
  );
}
