// What a person can do in the scheduler's panel, as verbs. Every failure becomes a notice.

import { WORKLOAD_TEXT_BYTES_MAX, type WorkloadChange } from '../../../shared/rpc/workload-control';
import { type Batch, batchRequestSql } from '../model/scheduler/batches';
import { choiceOfDraft, POLICIES, workloadTitle } from '../model/scheduler/draft';
import type { Life } from '../model/scheduler/life';
import type { Work } from '../model/scheduler/life-work';
import { isMissMark, type Miss, withMissMarks } from '../model/scheduler/misses';
import { readingsOf } from '../model/scheduler/records';
import type { LaunchedTarget, OpenSession } from './open-session';
import { PanelVerbs } from './panel-verbs';

const YAML_FILTER = { name: 'Workload', extensions: ['yaml', 'yml'] };
/** More marks than this hide the timeline. */
export const MISS_MARKS_MAX = 200;

export class SchedulerActions extends PanelVerbs {
  /** Starts what the form describes. A form with a mistake stays as it is: its fields say what is wrong. */
  async run(session: OpenSession): Promise<void> {
    const { facts, scheduler } = session;
    const { draft, isStarting } = scheduler.getState();
    const choice = choiceOfDraft(draft);
    if (!choice.ok || isStarting || facts.getState().description.kind !== 'live') return;
    scheduler.setState({ isStarting: true });
    await this.try(async () => {
      const params = { session: session.key, ...choice.value };
      const { targetId, pid } = await this.actions.request('session/workload', params);
      const target = { targetId, pid, title: workloadTitle(draft), kinds: [], exited: undefined, isWorkload: true };
      facts.setState(({ targets }) => ({ targets: [...targets.filter((each) => each.targetId !== targetId), target] }));
      scheduler.setState({ picked: undefined });
    });
    scheduler.setState({ isStarting: false });
  }

  /** Ends the newest workload that still runs. */
  async stop(session: OpenSession): Promise<void> {
    const target = runningWorkload(session.facts.getState().targets);
    if (target) await this.actions.stop(session, target.targetId, 'SIGTERM');
    else this.say('No workload is running in this session.');
  }

  /** Changes the newest workload that still runs. */
  async change(session: OpenSession, change: WorkloadChange): Promise<void> {
    const target = runningWorkload(session.facts.getState().targets);
    if (!target) return this.say('No workload is running in this session.');
    await this.try(async () => {
      const params = { session: session.key, targetId: target.targetId, change };
      await this.actions.request('session/workload-control', params);
      this.say(changeWords(change));
    });
  }

  /** Takes a workload file into the form. */
  async openFile({ scheduler }: OpenSession): Promise<void> {
    await this.try(async () => {
      const opened = await this.actions.bridge.openText([YAML_FILTER], WORKLOAD_TEXT_BYTES_MAX);
      if (!opened) return;
      scheduler.setState(({ draft }) => ({ draft: { ...draft, preset: undefined, file: opened } }));
    });
  }

  /** Shows the life of the request in the batch that had the least time left, or had none. */
  async pickBatch(session: OpenSession, { source, batch }: Batch): Promise<void> {
    await this.try(async () => {
      const [row] = readingsOf(await this.query(session, batchRequestSql(source, batch)));
      if (row) session.scheduler.setState({ picked: { source, request: row.number('request') } });
      else this.say(`None of the requests in batch ${batch} was answered yet.`);
    });
  }

  /** Shows a request's life on the timeline. */
  showOnTimeline({ choices }: OpenSession, { view, arrivalNs, completionNs }: Life): void {
    const selection = { fromNs: arrivalNs, toNs: completionNs };
    choices.setState({ isFollowing: false, view: { ...view }, selection });
  }

  /** Selects a kernel or copy on the timeline, with some room around it. */
  showWork({ choices }: OpenSession, { table, source, startNs, durationNs, correlation, name }: Work): void {
    const roomNs = 3 * Math.max(durationNs, 1000);
    choices.setState({
      isFollowing: false,
      view: { fromNs: startNs - roomNs, toNs: startNs + Math.max(0, durationNs) + roomNs },
      selected: { table, source, startNs, durationNs, correlation, name },
    });
  }

  /** Marks these misses on the timeline instead of those that were marked before. */
  markMisses({ annotations }: OpenSession, misses: readonly Miss[]): void {
    const marked = misses.slice(0, MISS_MARKS_MAX);
    annotations.setState(({ marks }) => ({ marks: withMissMarks(marks, marked) }));
    const rest = misses.length > marked.length ? ', the newest ones' : '';
    this.say(`Marked ${marked.length} missed deadlines on the timeline${rest}.`);
  }

  removeMissMarks({ annotations }: OpenSession): void {
    annotations.setState(({ marks }) => ({ marks: marks.filter((mark) => !isMissMark(mark)) }));
  }
}

/** What was asked of the workload. What it refuses comes as a diagnostic. */
function changeWords(change: WorkloadChange): string {
  switch (change.kind) {
    case 'policy': {
      const title = POLICIES.find(({ id }) => id === change.policy)?.title ?? change.policy;
      return `The workload was asked to go on by the policy “${title}”.`;
    }
    case 'limits':
      return `New limits for ${change.model} were given to the workload.`;
    case 'traffic':
      return `The new shares of ${change.model} were given to the workload.`;
    case 'roll-back':
      return `The workload was asked to go back to the version of ${change.model} before.`;
    case 'load':
      return `The workload was asked to load version ${change.version} of ${change.model}.`;
    case 'swap':
      return `The workload was asked to give all requests of ${change.model} to version ${change.version}.`;
  }
}

/** The newest one. */
export function runningWorkload(targets: readonly LaunchedTarget[]): LaunchedTarget | undefined {
  return targets.filter(({ isWorkload, exited }) => isWorkload && !exited).at(-1);
}
