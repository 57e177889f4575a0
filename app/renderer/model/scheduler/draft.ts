// The form that starts a workload: what was chosen, and what is asked of the host.

import {
  POLICY_CHOICES,
  type PolicyChoice,
  WORKLOAD_SECONDS_MAX,
  WORKLOAD_TEXT_BYTES_MAX,
  type WorkloadPreset,
} from '../../../../shared/rpc/workload-control';
import { fail, ok, type Result } from '../../../../shared/util/result';
import type { WorkloadChoice } from '../../../../shared/window/methods';

export const PRESETS: readonly { readonly id: WorkloadPreset; readonly title: string; readonly hint: string }[] = [
  { id: 'three-cameras', title: 'Three cameras', hint: 'Three cameras share one device, each with a deadline' },
  {
    id: 'detect-classify-track',
    title: 'Detect, classify, track',
    hint: 'A pipeline: what one model finds is the input of the next',
  },
  { id: 'overload', title: 'Overload', hint: 'More requests than the device can answer: priorities decide' },
  { id: 'ab-rollout', title: 'A/B rollout', hint: 'Two versions of a model share the requests' },
];

export const POLICIES: readonly { readonly id: PolicyChoice | 'own'; readonly title: string }[] = [
  { id: 'own', title: 'As the workload says' },
  ...POLICY_CHOICES.map((id) => ({ id, title: policyTitle(id) })),
];

function policyTitle(policy: PolicyChoice): string {
  return {
    fifo: 'First in, first out',
    'strict-priority': 'Strict priority',
    edf: 'Earliest deadline first',
    'weighted-fair': 'Weighted fair',
    'latency-aware': 'Latency-aware',
  }[policy];
}

export interface Draft {
  readonly preset: WorkloadPreset | undefined;
  /** A workload file that was opened; used when no preset is chosen. */
  readonly file: { readonly fileName: string; readonly text: string } | undefined;
  readonly policy: PolicyChoice | 'own';
  /** As typed; empty is the workload's own. */
  readonly seconds: string;
  readonly device: 'auto' | 'cpu' | 'cuda';
}

export const FIRST_DRAFT: Draft = {
  preset: 'three-cameras',
  file: undefined,
  policy: 'own',
  seconds: '60',
  device: 'auto',
};

export interface DraftErrors {
  readonly workload?: string;
  readonly seconds?: string;
}

/** What to ask for, or a sentence a field. */
export function choiceOfDraft(draft: Draft): Result<WorkloadChoice, DraftErrors> {
  const { preset, file, policy, device } = draft;
  const seconds = draft.seconds.trim() === '' ? undefined : Number(draft.seconds);
  const isSecondsWrong = seconds !== undefined && !(seconds > 0 && seconds <= WORKLOAD_SECONDS_MAX);
  const secondsWords = `Seconds must be a number from 1 to ${WORKLOAD_SECONDS_MAX.toLocaleString('en-US')}, not “${draft.seconds.trim()}”.`;
  const text = file?.text ?? '';
  const bytes = new TextEncoder().encode(text).length;
  const workloadWords =
    preset !== undefined
      ? undefined
      : text.trim() === ''
        ? 'Choose a preset, or open a workload file.'
        : bytes > WORKLOAD_TEXT_BYTES_MAX
          ? `The file is longer than ${WORKLOAD_TEXT_BYTES_MAX.toLocaleString('en-US')} bytes: shorten it.`
          : undefined;
  if (isSecondsWrong || workloadWords !== undefined) {
    return fail({
      ...(workloadWords === undefined ? {} : { workload: workloadWords }),
      ...(isSecondsWrong ? { seconds: secondsWords } : {}),
    });
  }
  return ok({
    workload: preset !== undefined ? { preset } : { text },
    ...(policy === 'own' ? {} : { policy }),
    ...(seconds === undefined ? {} : { seconds }),
    device,
  });
}

/** What the program is called in the window. */
export function workloadTitle({ preset, file }: Pick<Draft, 'preset' | 'file'>): string {
  return `Workload: ${PRESETS.find(({ id }) => id === preset)?.title ?? file?.fileName ?? 'file'}`;
}
