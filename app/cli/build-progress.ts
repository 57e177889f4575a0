// How an engine comes to be, for whoever waits for it in a terminal: from the rows of the table build, once it takes longer than a second.

import type { RowOf } from '../../shared/model/column';
import type { Tables } from '../../shared/wire/tables';
import type { Terminal } from './command';

type BuildRow = RowOf<Tables['build']>;

/** What takes less is not worth a word. */
const QUIET_MS = 1000;
/** In a pipe a line comes when a phase begins, and so often while one lasts. */
const LINE_MS = 5000;

const LAST_PHASE = 'warming up';

interface Build {
  readonly startMs: number;
  readonly title: string;
  phase: string;
  /** The innermost phase of which a step was told, with its steps. */
  steps: string;
  saidMs: number;
  saidPhase: string;
}

const secondsOf = (ms: number) => `${Math.round(ms / 1000)} s`;

const titleOf = ({ model, version, engine, precision }: BuildRow) =>
  `${model}${version === '1' ? '' : `, version ${version},`} on ${engine}${precision ? ` in ${precision}` : ''}`;

export class BuildProgress {
  private readonly builds = new Map<string, Build>();

  constructor(
    private readonly terminal: Pick<Terminal, 'isInteractive' | 'err'>,
    private readonly nowMs: () => number = Date.now,
  ) {}

  take(row: BuildRow): void {
    const { model, version, kind, phase, parent, step, stepCount } = row;
    const key = `${model}/${version}`;
    const found = this.builds.get(key);
    if (parent !== '') {
      if (found && stepCount > 0) found.steps = `: ${phase} ${step} of ${stepCount}`;
      return;
    }
    const isEnd = kind === 'failed' || kind === 'cancelled' || (kind === 'done' && phase === LAST_PHASE);
    if (isEnd) this.end(key, kind);
    if (kind !== 'began') return;
    const startMs = found?.startMs ?? this.nowMs();
    const build = { startMs, title: titleOf(row), saidMs: 0, saidPhase: '', ...found, phase, steps: '' };
    this.builds.set(key, build);
  }

  /** What to show now; undefined when nothing has lasted long enough. Is asked again and again; in a pipe it writes lines of its own. */
  line(): string | undefined {
    const nowMs = this.nowMs();
    const build = [...this.builds.values()].find(({ startMs }) => nowMs - startMs >= QUIET_MS);
    if (!build) return undefined;
    const { phase, title, steps, startMs } = build;
    const text = `${phase} ${title}${steps}, ${secondsOf(nowMs - startMs)}`;
    if (!this.terminal.isInteractive && (build.saidPhase !== phase || nowMs - build.saidMs >= LINE_MS)) {
      Object.assign(build, { saidPhase: phase, saidMs: nowMs });
      this.terminal.err(`hookanalyzer: ${text}\n`);
    }
    return text;
  }

  /** A failure is told by the runner itself. */
  private end(key: string, kind: string): void {
    const build = this.builds.get(key);
    this.builds.delete(key);
    if (!build || build.saidMs === 0 || kind !== 'done') return;
    const took = secondsOf(this.nowMs() - build.startMs);
    this.terminal.err(`hookanalyzer: ${build.title} is ready after ${took}\n`);
  }
}
