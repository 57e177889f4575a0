// `runner experiment`: a spec in, rows to the probe and lines for people out. Without a probe it prints all the same.

import { enums } from '../../shared/model/enums';
import type { ExperimentSpec } from '../../shared/rpc/experiment';
import { sessionFromMonotonic } from '../../shared/units/units';
import { encodeRows } from '../../shared/wire/encode';
import { STRING_BYTES_MAX } from '../../shared/wire/limits';
import { tables } from '../../shared/wire/tables';
import type { ProbeConnection } from '../runner/probe-connection';
import type { DeviceTraits, PointPlan, PointResult } from './point';
import { pointRow, Ratios } from './rows';
import { type Listener, type Outcome, Supervisor, type SupervisorOptions } from './supervisor';

export interface ExperimentRun extends Omit<SupervisorOptions, 'listener'> {
  /** Joins the rows of the experiment. */
  readonly experiment: number;
  readonly connection: ProbeConnection | undefined;
  /** One JSON object a point, for programs that have no probe. */
  readonly print: ((line: string) => void) | undefined;
}

const SOURCE_CHARS_KEPT = 4000;

/** The spec as the session keeps it: a long source is cut until the text fits into its column, which would otherwise end amid the JSON. */
export function specText(spec: ExperimentSpec): string {
  let text = JSON.stringify(spec);
  if (spec.kind !== 'kernel') return text;
  const isTooLong = () => Buffer.byteLength(text) > STRING_BYTES_MAX;
  for (let kept = SOURCE_CHARS_KEPT; isTooLong() && kept > 0; kept = Math.floor(kept / 2)) {
    text = JSON.stringify({ ...spec, source: `${spec.source.slice(0, kept)}\n// cut here` });
  }
  return text;
}

type Event = keyof typeof enums.experimentEvent;

/** Turns what the supervisor tells into rows. */
class Teller implements Listener {
  private device: DeviceTraits | undefined;
  private plans: readonly PointPlan[] = [];
  private doneCount = 0;
  private readonly ratios = new Ratios();

  constructor(private readonly run: ExperimentRun) {}

  started(device: DeviceTraits, plans: readonly PointPlan[]): void {
    this.device = device;
    this.plans = plans;
    this.say('started', '', '', specText(this.run.spec));
  }

  begun(index: number): void {
    const { series, label } = this.plans[index];
    this.say('progress', `${series}, ${label}`);
  }

  measured(index: number, result: PointResult): void {
    const plan = this.plans[index];
    this.ratios.note(plan, result);
    this.doneCount++;
    const { connection, experiment, print } = this.run;
    const row = pointRow(experiment, index, plan, result, this.ratios, connection?.epochNs ?? 0n);
    connection?.send(encodeRows(tables.point, [row], connection.sourceId));
    print?.(JSON.stringify({ point: { ...row, role: plan.role, correctness: result.correctness } }));
  }

  counted(index: number, values: Readonly<Record<string, number>>): void {
    const { connection, experiment, print } = this.run;
    const timeNs = this.nowNs();
    const rows = Object.entries(values).map(([metric, value]) => ({ timeNs, experiment, index, value, metric }));
    if (rows.length > 0) connection?.send(encodeRows(tables.pointMetric, rows, connection.sourceId));
    print?.(JSON.stringify({ metrics: { index, ...values } }));
  }

  notice(sentence: string, remedy: string): void {
    const { connection, print } = this.run;
    const row = { timeNs: this.nowNs(), severity: enums.severity.warning, code: 'experimentNotice', sentence, remedy };
    connection?.send(encodeRows(tables.diagnostic, [row], connection.sourceId));
    print?.(JSON.stringify({ notice: { sentence, remedy } }));
  }

  ended(outcome: Outcome): void {
    // One that failed before its device was known, such as a kernel that does not compile, says all the same what was asked for.
    if (!this.device) this.say('started', '', '', specText(this.run.spec));
    if (outcome.kind === 'failed') this.say('failed', outcome.sentence, outcome.remedy);
    else this.say(outcome.kind, '');
  }

  private nowNs(): number {
    const { connection } = this.run;
    return sessionFromMonotonic(process.hrtime.bigint(), connection?.epochNs ?? 0n);
  }

  private say(event: Event, sentence: string, remedy = '', spec = ''): void {
    const { connection, experiment, print } = this.run;
    const row = {
      timeNs: this.nowNs(),
      event: enums.experimentEvent[event],
      deviceKind: this.device ? enums.deviceKind[this.device.kind] : 0, // a kernel that does not compile ran on neither
      experiment,
      doneCount: this.doneCount,
      pointCount: this.plans.length,
      device: this.device?.name ?? '',
      spec,
      sentence,
      remedy,
    };
    connection?.send(encodeRows(tables.experiment, [row], connection.sourceId));
    if (event !== 'progress') print?.(JSON.stringify({ experiment: { ...row, event, spec: undefined } }));
  }
}

/** Measures all points; tells of them as rows and lines. */
export async function runExperiment(run: ExperimentRun): Promise<Outcome> {
  const listener = new Teller(run);
  const outcome = await new Supervisor({ ...run, listener }).run();
  listener.ended(outcome);
  return outcome;
}
