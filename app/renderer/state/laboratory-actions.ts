// What a person can do in the laboratory, as verbs. Every failure becomes a notice.

import { baselineName, baselineOf } from '../model/laboratory/baselines';
import {
  EXPERIMENTS_SQL,
  type Experiment,
  experimentsOf,
  metricsSql,
  type Point,
  pointsOf,
  pointsSql,
} from '../model/laboratory/experiments';
import { pointsCsv } from '../model/laboratory/point-table';
import { bareKernel } from '../model/laboratory/prediction';
import { SOURCE_BYTES_MAX, specOfDraft } from '../model/laboratory/spec-of-draft';
import { experimentTitle, KIND_TITLES } from '../model/laboratory/words';
import type { OpenSession } from './open-session';
import { PanelVerbs } from './panel-verbs';

const CSV_FILTER = { name: 'CSV', extensions: ['csv'] };
const PNG_FILTER = { name: 'PNG picture', extensions: ['png'] };
const CUDA_FILTER = { name: 'CUDA C++', extensions: ['cu', 'cuh', 'txt'] };

export class LaboratoryActions extends PanelVerbs {
  /** Starts what the form describes. A form with a mistake stays as it is: its fields say what is wrong. */
  async run(session: OpenSession): Promise<void> {
    const { facts, laboratory } = session;
    const { draft, isStarting } = laboratory.getState();
    const spec = specOfDraft(draft);
    if (!spec.ok || isStarting || facts.getState().description.kind !== 'live') return;
    laboratory.setState({ isStarting: true });
    await this.try(async () => {
      const params = { session: session.key, spec: spec.value, device: draft.device };
      const { targetId, pid, experiment } = await this.actions.request('session/experiment', params);
      const title = `Experiment: ${KIND_TITLES[draft.kind]}`;
      const target = { targetId, pid, title, kinds: [], exited: undefined, experiment };
      facts.setState(({ targets }) => ({
        targets: [...targets.filter((each) => each.targetId !== targetId), target],
      }));
      laboratory.setState({ chosen: experiment, pickedIndex: undefined, measure: undefined });
    });
    laboratory.setState({ isStarting: false });
  }

  /** Ends the experiment that is shown, or else the newest that still runs. */
  async cancel(session: OpenSession): Promise<void> {
    const running = session.facts.getState().targets.filter((each) => each.experiment !== undefined && !each.exited);
    const { chosen } = session.laboratory.getState();
    const target = running.find(({ experiment }) => experiment === chosen) ?? running.at(-1);
    if (target) await this.actions.stop(session, target.targetId, 'SIGTERM');
    else this.say('No experiment that was started from this window is running.');
  }

  /** Takes a .cu file into the form. */
  async openSource({ laboratory }: OpenSession): Promise<void> {
    await this.try(async () => {
      const opened = await this.actions.bridge.openText([CUDA_FILTER], SOURCE_BYTES_MAX);
      if (!opened) return;
      const { fileName, text } = opened;
      laboratory.setState(({ draft }) => ({ draft: { ...draft, kind: 'kernel', source: text, fileName } }));
    });
  }

  /** Shows when the point was measured, with its kernel pointed out. */
  showOnTimeline({ choices }: OpenSession, { startNs, durationNs, kernel }: Point): void {
    choices.setState({
      isFollowing: false,
      view: { fromNs: startNs, toNs: startNs + Math.max(durationNs, 1000) },
      nameFilter: bareKernel(kernel),
    });
  }

  async refreshBaselines(): Promise<void> {
    await this.try(async () => {
      const { baselines } = await this.actions.request('app/baselines', {});
      this.actions.store.setState({ baselines });
    });
  }

  /** Keeps the points of now beyond the session. */
  async pin(session: OpenSession, experiment: Experiment, points: readonly Point[], name?: string): Promise<void> {
    const { epochUnixMs, hostName } = session.facts.getState().description;
    const measuredUnixMs = epochUnixMs + Math.max(0, experiment.startedNs) / 1e6;
    const title = name?.trim() || baselineName(experiment, hostName, measuredUnixMs);
    const baseline = baselineOf(experiment, points, { name: title, hostName, measuredUnixMs });
    if (!baseline) return this.say('There is no result to pin yet.');
    await this.try(async () => {
      const pinned = await this.actions.request('app/pin-baseline', { baseline });
      this.say(`Pinned as “${pinned.name}”.`);
    });
    await this.refreshBaselines();
  }

  async removeBaseline(session: OpenSession, id: string): Promise<void> {
    session.laboratory.setState(({ baselineIds }) => ({ baselineIds: baselineIds.filter((each) => each !== id) }));
    await this.try(() => this.actions.request('app/remove-baseline', { id }));
    await this.refreshBaselines();
  }

  /** Asks for the rows anew, so that it works without the panel. */
  async saveCsv(session: OpenSession): Promise<void> {
    await this.try(async () => {
      const { chosen, baselineIds } = session.laboratory.getState();
      const experiments = experimentsOf(await this.query(session, EXPERIMENTS_SQL));
      const experiment = experiments.find((each) => each.experiment === chosen) ?? experiments[0];
      if (!experiment) return this.say('There is no experiment in this session yet.');
      const baselines = this.actions.store.getState().baselines.filter(({ id }) => baselineIds.includes(id));
      const points = await this.points(session, experiment.experiment);
      await this.saveText(`${experimentTitle(experiment)}.csv`, pointsCsv(points, experiment, baselines));
    });
  }

  async saveText(name: string, text: string): Promise<void> {
    await this.try(async () => {
      const path = await this.actions.bridge.chooseFileToSave(fileNameOf(name), [CSV_FILTER]);
      if (path === undefined) return;
      await this.actions.bridge.writeText(path, text);
      this.say(`Wrote ${path}.`);
    });
  }

  /** `url` is a data URL of a PNG. */
  async savePng(name: string, url: string): Promise<void> {
    await this.try(async () => {
      const path = await this.actions.bridge.chooseFileToSave(fileNameOf(`${name}.png`), [PNG_FILTER]);
      if (path === undefined) return;
      await this.actions.bridge.writeBytes(path, bytesOfUrl(url));
      this.say(`Wrote ${path}.`);
    });
  }

  async points(session: OpenSession, experiment: number): Promise<Point[]> {
    const [points, metrics] = await Promise.all([
      this.query(session, pointsSql(experiment)),
      this.query(session, metricsSql(experiment)),
    ]);
    return pointsOf(points, metrics);
  }
}

/** Names of files have no separators, and no signs that a shell would take. */
const fileNameOf = (name: string) => name.replace(/[^\w.@-]+/g, '-');

/** The bytes of a base64 data URL. */
export function bytesOfUrl(url: string): Uint8Array {
  return Uint8Array.from(atob(url.slice(url.indexOf(',') + 1)), (char) => char.charCodeAt(0));
}
