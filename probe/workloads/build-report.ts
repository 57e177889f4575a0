// How one engine comes to be, as rows of the table build: its phases with the moments at which they were, and what is said meanwhile.
//
//   began reading · done reading · began building · progress … log … · done building · began loading · done loading · began warming up …

import type { RowOf } from '../../shared/model/column';
import { enums } from '../../shared/model/enums';
import { NS_PER_MS } from '../../shared/units/units';
import type { Tables } from '../../shared/wire/tables';
import type { LoadPhase } from '../engines/loading';
import type { BuildEvent, Severity } from '../engines/tensorrt/native';

export type BuildRow = RowOf<Tables['build']>;
export type BuildPhase = LoadPhase | 'warming up';

/** Whose build it is. */
export type BuildSubject = Pick<BuildRow, 'model' | 'version' | 'engine' | 'precision'>;

/** A build may count thousands of steps a second: between the first and the last of a phase a row comes so often at most. */
const PROGRESS_NS_MIN = 100 * NS_PER_MS;

const SEVERITY_OF: Readonly<Record<Severity, number>> = {
  internalError: enums.severity.error,
  error: enums.severity.error,
  warning: enums.severity.warning,
  note: enums.severity.info,
  verbose: enums.severity.info,
};

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();

/** Made without arguments it tells nobody. */
export class BuildReport {
  private phase: BuildPhase | undefined;
  private readonly progressNs = new Map<string, number>();

  constructor(
    private readonly subject: BuildSubject = { model: '', version: '', engine: '', precision: '' },
    private readonly nowNs: () => number = () => 0,
    private readonly push: (row: BuildRow) => void = () => {},
  ) {}

  /** Ends the phase before it. `text` says what is read, built or loaded. */
  begin(phase: BuildPhase, text = ''): void {
    this.end();
    this.phase = phase;
    this.tell({ kind: 'began', phase, text });
  }

  /** Ends the phase that is under way, if one is. */
  end(text = ''): void {
    if (this.phase === undefined) return;
    this.tell({ kind: 'done', phase: this.phase, text });
    this.phase = undefined;
  }

  /** Ends the phase that is under way with what went wrong; before the first one the model was not even found. */
  fail(sentence: string, isCancelled: boolean): void {
    const severity = isCancelled ? enums.severity.info : enums.severity.error;
    const kind = isCancelled ? 'cancelled' : 'failed';
    this.tell({ kind, phase: this.phase ?? 'reading', severity, text: sentence });
    this.phase = undefined;
  }

  log(severity: number, text: string): void {
    this.tell({ kind: 'log', phase: this.phase ?? 'loading', severity, text });
  }

  /** A line or a step of TensorRT. Its outermost phases are parts of ours. */
  take(event: BuildEvent): void {
    if (event.kind === 'log') {
      this.log(SEVERITY_OF[event.severity], event.text);
      return;
    }
    const { phase, step, stepCount, isFinished } = event;
    const timeNs = this.nowNs();
    const parent = event.parent || (this.phase ?? 'building');
    const key = `${parent}\n${phase}`;
    const isFirst = !this.progressNs.has(key);
    if (!isFirst && !isFinished && timeNs - (this.progressNs.get(key) ?? 0) < PROGRESS_NS_MIN) return;
    if (isFinished) this.progressNs.delete(key);
    else this.progressNs.set(key, timeNs);
    const kind = isFirst && !isFinished ? 'began' : isFinished ? 'done' : 'progress';
    this.tell({ kind, phase, parent, step, stepCount });
  }

  private tell(row: Partial<BuildRow> & Pick<BuildRow, 'kind' | 'phase'>): void {
    const whole = { step: 0, stepCount: 0, severity: enums.severity.info, parent: '', ...row };
    this.push({ timeNs: this.nowNs(), ...this.subject, ...whole, text: oneLine(row.text ?? '') });
  }
}
