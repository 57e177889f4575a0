// Records one program into a .hka file: links to the probe, launches, writes every packet as it came, and knows when it has all.

import { existsSync, renameSync, rmSync } from 'node:fs';
import os from 'node:os';
import type { RowOf, Table } from '../../../shared/model/column';
import { enums } from '../../../shared/model/enums';
import type { LaunchParams, TargetExited } from '../../../shared/rpc/methods';
import { formatCount } from '../../../shared/units/format';
import { FailureError, failure } from '../../../shared/util/failure';
import { decodeChecked, isPacketOf, rowsOf } from '../../../shared/wire/decode';
import type { PacketHeader } from '../../../shared/wire/header';
import { type Tables, tableOfKind, tables } from '../../../shared/wire/tables';
import { ProbeLink } from '../link/probe-link';
import type { Transport } from '../link/transport';
import { HkaWriter } from './hka-writer';

export type OutputStream = 'stdout' | 'stderr';

export interface RecordProgress {
  readonly rows: number;
  /** Of the file. */
  readonly bytes: number;
  /** Records that were dropped on the way, by loss and gap rows. */
  readonly lost: number;
  readonly linkState: 'connecting' | 'live' | 'reconnecting' | 'ended';
}

export interface RecordOptions {
  readonly transport: Transport;
  readonly launch: LaunchParams;
  readonly filePath: string;
  readonly overwrite?: boolean;
  /** Ends the program after this long, with SIGTERM, and SIGKILL when that does not help. */
  readonly durationMs?: number;
  /** What the program wrote, in pieces. */
  readonly onOutput?: (stream: OutputStream, text: string) => void;
  readonly onProgress?: (state: RecordProgress) => void;
  /** How far an experiment is, as its rows come; every experiment of the probe's session while this one is recorded. */
  readonly onExperiment?: (row: RowOf<Tables['experiment']>) => void;
  /** How engines of a workload come to be. */
  readonly onBuild?: (row: RowOf<Tables['build']>) => void;
  /** Aborted: the program is ended, and the recording with it. */
  readonly signal?: AbortSignal;
  /** Aborted: the program gets SIGINT, and the recording goes on until it ends. */
  readonly interruptSignal?: AbortSignal;
  /** How long a lost link is tried again before the recording ends, in milliseconds. */
  readonly giveUpMs?: number;
}

export interface RecordResult {
  /**
   * The program's own; 128 + the number of the signal that ended it, as shells say it; 130 when the recording was stopped and
   * the program's end was not seen.
   */
  readonly exitCode: number;
  /** The signal that ended it. */
  readonly signal: string | undefined;
  /** The program ran into durationMs and was ended for it. */
  readonly endedByDuration: boolean;
  /** The recording was ended by its signal. */
  readonly stopped: boolean;
  /** Rows in the file by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** Records that `loss` rows tell of. */
  readonly lost: number;
  /** Rows that `gap` rows tell of: they had left the probe's ring. */
  readonly gaps: number;
  readonly reconnectCount: number;
  readonly filePath: string;
}

const GIVE_UP_MS = 60_000;
const PROGRESS_MS = 250;
/** The probe kills a target 3 s after SIGTERM and waits 2 s for its collectors; beyond that it is not coming. */
const STOP_MS_MAX = 10_000;
/** What shells add to the number of a signal, and what they say of a program ended by Ctrl-C. */
const SIGNAL_EXIT_CODE = 128;
const STOPPED_EXIT_CODE = 130;
/** The most that a crash of this program costs of the file, beside the operating system's own buffers. */
const FLUSH_MS = 1000;

/** What the recorder itself looks into; all else goes to the file unread. */
const READ_TABLES: readonly (Table | undefined)[] = [
  tables.output,
  tables.loss,
  tables.gap,
  tables.experiment,
  tables.build,
];

class Recording {
  private readonly rows: Record<string, number> = {};
  private lost = 0;
  private gaps = 0;
  private pid: number | undefined;
  private targetId: number | undefined;
  private earlyOutput: { pid: number; stream: OutputStream; text: string }[] = [];
  private readonly exits = new Map<number, TargetExited>();
  private onExit: ((exited: TargetExited) => void) | undefined;
  private flushedAtMs = 0;
  private endedByDuration = false;
  private link: ProbeLink | undefined;

  constructor(
    private readonly options: RecordOptions,
    private readonly writer: HkaWriter,
    private readonly onLaunched: () => void,
  ) {}

  async run(): Promise<RecordResult> {
    const { transport, launch, signal, giveUpMs = GIVE_UP_MS } = this.options;
    const link = await ProbeLink.open(transport, {
      cursor: 'now',
      giveUpMs,
      reuseBytes: true,
      onBytes: (bytes, header) => this.take(bytes, header),
    });
    this.link = link;
    const progressTimer = setInterval(() => this.tellProgress(), PROGRESS_MS);
    const cleanups = [() => clearInterval(progressTimer)];
    try {
      const gone = this.watchLink(link, cleanups);
      cleanups.push(link.on('target/exited', (exited) => this.noteExit(exited)));
      const { targetId, pid } = await link.request('target/launch', launch, { signal }).catch((error) => {
        throw launchFailure(error);
      });
      this.begin(targetId, pid);
      const { exited, stopped } = await Promise.race([this.whenExited(link, targetId, cleanups), gone]);
      if (exited) await Promise.race([this.whenDelivered(link, exited.nextSequence, giveUpMs), gone]);
      return this.result(exited, stopped, link);
    } catch (error) {
      await this.stopLeftOver(link);
      throw error;
    } finally {
      for (const cleanup of cleanups) cleanup();
      await link.close();
    }
  }

  /** The program was launched, so that the file is worth keeping. */
  get isLaunched(): boolean {
    return this.targetId !== undefined;
  }

  private take(bytes: Uint8Array, header: PacketHeader): Promise<void> | undefined {
    this.writer.append(bytes);
    const table = tableOfKind(header.kind);
    const name = table?.name ?? `kind ${header.kind}`;
    this.rows[name] = (this.rows[name] ?? 0) + header.rowCount;
    if (READ_TABLES.includes(table)) this.read(bytes, header);
    const nowMs = performance.now();
    if (nowMs - this.flushedAtMs < FLUSH_MS) return undefined;
    this.flushedAtMs = nowMs;
    return this.writer.flush();
  }

  private read(bytes: Uint8Array, header: PacketHeader): void {
    const decoded = decodeChecked(bytes, header);
    if (!decoded.ok) return; // it is in the file as it came, and whoever reads the file counts it
    const packet = decoded.value;
    if (isPacketOf(packet, 'output')) {
      for (const { pid, stream, text } of rowsOf(packet)) {
        this.passOutput({ pid, stream: stream === enums.outputStream.stderr ? 'stderr' : 'stdout', text });
      }
    } else if (isPacketOf(packet, 'loss')) {
      for (const { count, bytes: lostBytes } of rowsOf(packet)) this.lost += count || (lostBytes > 0 ? 1 : 0);
    } else if (isPacketOf(packet, 'gap')) {
      for (const { rowCount } of rowsOf(packet)) this.gaps += rowCount;
    } else if (isPacketOf(packet, 'experiment')) {
      for (const row of rowsOf(packet)) this.options.onExperiment?.(row);
    } else if (isPacketOf(packet, 'build')) {
      for (const row of rowsOf(packet)) this.options.onBuild?.(row);
    }
  }

  // Output may come before the answer to the launch says whose it is.
  private passOutput(output: { pid: number; stream: OutputStream; text: string }): void {
    if (this.pid === undefined) this.earlyOutput.push(output);
    else if (output.pid === this.pid) this.options.onOutput?.(output.stream, output.text);
  }

  private begin(targetId: number, pid: number): void {
    this.targetId = targetId;
    this.pid = pid;
    this.onLaunched();
    for (const output of this.earlyOutput.splice(0)) this.passOutput(output);
  }

  private noteExit(exited: TargetExited): void {
    this.exits.set(exited.targetId, exited);
    this.onExit?.(exited);
  }

  // Rejects when the link is over or the probe has begun anew: then nothing more of this session comes.
  private watchLink(link: ProbeLink, cleanups: (() => void)[]): Promise<never> {
    const gone = new Promise<never>((_, reject) => {
      cleanups.push(
        link.onSessionChanged(() => {
          const { label } = this.options.transport;
          const error = failure('probeLost', `The probe on ${label} was started anew.`, 'Start the recording again.');
          reject(error);
          void link.close(); // not one packet of the other session may come into this file
        }),
        link.onState((state) => {
          this.tellProgress();
          if (state.kind === 'ended' && state.failure) reject(state.failure);
        }),
      );
    });
    gone.catch(() => {}); // it is raced against, and may lose after the race
    return gone;
  }

  /** Waits for the end of the program, with everything that may end it. */
  private whenExited(
    link: ProbeLink,
    targetId: number,
    cleanups: (() => void)[],
  ): Promise<{ exited: TargetExited | undefined; stopped: boolean }> {
    const { durationMs, signal, interruptSignal } = this.options;
    return new Promise((resolve) => {
      let stopped = false;
      this.onExit = (exited) => {
        if (exited.targetId === targetId) resolve({ exited, stopped });
      };
      const onAbort = (abort: AbortSignal | undefined, act: () => void) => {
        if (abort?.aborted) act();
        abort?.addEventListener('abort', act);
        cleanups.push(() => abort?.removeEventListener('abort', act));
      };
      onAbort(interruptSignal, () => this.stop(link, targetId, 'SIGINT'));
      onAbort(signal, () => {
        stopped = true;
        this.stop(link, targetId, 'SIGTERM');
        const timer = setTimeout(() => resolve({ exited: undefined, stopped }), STOP_MS_MAX);
        cleanups.push(() => clearTimeout(timer));
      });
      if (durationMs !== undefined) {
        const timer = setTimeout(() => {
          this.endedByDuration = true;
          this.stop(link, targetId, 'SIGTERM');
        }, durationMs);
        cleanups.push(() => clearTimeout(timer));
      }
      // The notification is lost when the link is down, so each new connection is asked.
      cleanups.push(link.onState((state) => state.kind === 'live' && this.askWhetherExited(link, targetId)));
      const known = this.exits.get(targetId);
      if (known) this.onExit(known);
    });
  }

  private askWhetherExited(link: ProbeLink, targetId: number): void {
    link.request('target/list', {}).then(
      ({ targets }) => {
        const exited = targets.find((target) => target.targetId === targetId)?.exited;
        if (exited) this.noteExit(exited);
      },
      () => {}, // the link is down again or has ended; its own events tell
    );
  }

  // A target that has just ended by itself, and a link that has ended, refuse; the exit or the link's end is waited for anyway.
  private stop(link: ProbeLink, targetId: number, signal: 'SIGINT' | 'SIGTERM'): void {
    link.request('target/stop', { targetId, signal }).catch(() => {});
  }

  // As long as rows keep coming there is no hurry: a slow link may have much to bring.
  private async whenDelivered(link: ProbeLink, nextSequence: number, timeoutMs: number): Promise<void> {
    for (let before = -1; ; before = link.statistics.packetCount) {
      try {
        return await link.waitUntilDelivered(nextSequence, { timeoutMs });
      } catch (error) {
        const isTimeout = error instanceof FailureError && error.failure.code === 'deliveryTimeout';
        if (!isTimeout || link.statistics.packetCount === before) throw error;
      }
    }
  }

  // The recording has failed: the program it started is not left behind, where it can still be reached.
  private async stopLeftOver(link: ProbeLink): Promise<void> {
    const { targetId } = this;
    if (targetId === undefined || this.exits.has(targetId)) return;
    const control = link.state.kind === 'live' ? link : await this.reachAgain();
    await control?.request('target/stop', { targetId, signal: 'SIGTERM' }).catch(() => {});
    if (control !== link) await control?.close();
  }

  private async reachAgain(): Promise<ProbeLink | undefined> {
    const control = await ProbeLink.control(this.options.transport).catch(() => undefined);
    if (control?.sessionId === this.link?.sessionId) return control;
    await control?.close(); // another session's target of the same number is somebody else's
    return undefined;
  }

  private tellProgress(): void {
    this.options.onProgress?.({
      rows: this.writer.rowCount,
      bytes: this.writer.byteCount,
      lost: this.lost + this.gaps,
      linkState: this.link?.state.kind ?? 'connecting',
    });
  }

  private result(exited: TargetExited | undefined, stopped: boolean, link: ProbeLink): RecordResult {
    return {
      exitCode: exited ? exitCodeOf(exited) : STOPPED_EXIT_CODE,
      signal: exited?.signal,
      endedByDuration: this.endedByDuration,
      stopped,
      rows: this.rows,
      lost: this.lost,
      gaps: this.gaps,
      reconnectCount: link.statistics.reconnectCount,
      filePath: this.options.filePath,
    };
  }
}

// The connection went between the question and the answer: the probe may have started the program.
function launchFailure(error: unknown): unknown {
  if (!(error instanceof FailureError) || error.failure.code !== 'linkLost') return error;
  const { code, sentence } = error.failure;
  return failure(code, `${sentence} Whether the program was started is not known.`, 'Look there, then record again.');
}

function exitCodeOf({ exitCode, signal }: TargetExited): number {
  if (signal === undefined) return exitCode;
  return SIGNAL_EXIT_CODE + (os.constants.signals[signal as NodeJS.Signals] ?? 0);
}

function withWhatIsSaved(error: unknown, writer: HkaWriter, filePath: string): FailureError {
  const known = error instanceof FailureError ? error.failure : undefined;
  if (!known) throw error;
  const saved = `${filePath} is whole and holds the ${formatCount(writer.rowCount)} rows that came until then.`;
  return failure(known.code, `${known.sentence} ${saved}`, known.remedy);
}

/**
 * Launches a program on the probe and records it until it ends, or until `durationMs` or `signal` end it. The file is whole
 * whatever happens: begun with the session packet, closed with the end packet, complete below the last sequence of the
 * program. A link that is cut is resumed without a loss.
 *
 * Throws FailureError: the file cannot be made or the program cannot be launched (then nothing is left, and a file that was to
 * be replaced is untouched), the probe is lost for good or the disk is full (then the failure says what the file holds).
 */
export async function recordTarget(options: RecordOptions): Promise<RecordResult> {
  const { filePath, overwrite } = options;
  const firstPath = overwrite && existsSync(filePath) ? `${filePath}.part` : filePath;
  const writer = await HkaWriter.open(firstPath, { overwrite });
  const onLaunched = () => {
    if (firstPath !== filePath) renameSync(firstPath, filePath);
  };
  const recording = new Recording(options, writer, onLaunched);
  try {
    const result = await recording.run();
    await writer.close();
    return result;
  } catch (error) {
    await writer.close().catch(() => {}); // the failure at hand is the first one, and this one follows from it
    if (recording.isLaunched) throw withWhatIsSaved(error, writer, filePath);
    rmSync(firstPath, { force: true });
    throw error;
  }
}
