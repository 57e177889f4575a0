// One program on a probe's machine, recorded into one file. The packets go into the file as they come.

import { rmSync } from 'node:fs';
import { constants } from 'node:os';
import { enumWord } from '../../../shared/model/enums';
import type { LaunchParams, TargetExited } from '../../../shared/rpc/methods';
import { FailureError, failure } from '../../../shared/util/failure';
import { decodeChecked, isPacketOf, rowsOf } from '../../../shared/wire/decode';
import type { PacketHeader } from '../../../shared/wire/header';
import { type TableName, tableOfKind } from '../../../shared/wire/tables';
import { type LinkState, ProbeLink } from '../link/probe-link';
import type { Transport } from '../link/transport';
import { HkaWriter } from './hka-writer';

const PROGRESS_MS = 200;
const TARGET_POLL_MS = 1000;
const LOOKED_AT: ReadonlySet<TableName> = new Set<TableName>(['output', 'loss', 'gap', 'process']);

export interface RecordOptions {
  readonly transport: Transport;
  readonly launch: LaunchParams;
  readonly filePath: string;
  readonly overwrite?: boolean;
  /** Ends the program after this long, in milliseconds. */
  readonly durationMs?: number;
  readonly onOutput?: (stream: 'stdout' | 'stderr', text: string) => void;
  readonly onProgress?: (state: RecordProgress) => void;
  /** Hands Ctrl-C on to the program. */
  readonly interruptSignal?: AbortSignal;
  /** Ends the recording now, and the program with it. */
  readonly signal?: AbortSignal;
  readonly giveUpMs?: number;
}

export interface RecordProgress {
  readonly rows: number;
  readonly bytes: number;
  readonly lost: number;
  readonly linkState: LinkState['kind'];
}

export interface RecordResult {
  /** Of the program; 128 + signal when a signal ended it. */
  readonly exitCode: number;
  readonly signal: string | undefined;
  /** The program was ended because its time was over, as asked. */
  readonly endedByDuration: boolean;
  readonly rows: Partial<Record<TableName, number>>;
  /** Records that somebody lost on the way, as counted in loss and gap rows. */
  readonly lost: number;
  readonly reconnectCount: number;
  readonly filePath: string;
}

class Recording {
  readonly rows: Partial<Record<TableName, number>> = {};
  lost = 0;
  /** When the last process started or ended. */
  lastNs = 0;
  link: ProbeLink | undefined;
  linkState: LinkState['kind'] = 'live';
  pid: number | undefined;
  writeFailure: FailureError | undefined;
  private readonly early: { pid: number; stream: 'stdout' | 'stderr'; text: string }[] = [];
  private resolveExit: (exited: TargetExited) => void = () => {};
  private rejectExit: (error: Error) => void = () => {};
  readonly exited: Promise<TargetExited>;
  targetId: number | undefined;
  private readonly earlyExits: TargetExited[] = [];

  constructor(
    private readonly options: RecordOptions,
    private readonly writer: HkaWriter,
  ) {
    this.exited = new Promise((resolve, reject) => {
      this.resolveExit = resolve;
      this.rejectExit = reject;
    });
    this.exited.catch(() => {}); // who records waits for it; a failed launch does not
  }

  take(packet: Uint8Array, header: PacketHeader): void {
    try {
      this.writer.append(packet, header.rowCount, header.sequence);
    } catch (error) {
      this.writeFailure ??= error as FailureError;
      this.rejectExit(error as Error);
    }
    const table = tableOfKind(header.kind);
    if (!table) return;
    const name = table.name as TableName;
    this.rows[name] = (this.rows[name] ?? 0) + header.rowCount;
    if (LOOKED_AT.has(name)) this.look(packet, header);
  }

  private look(bytes: Uint8Array, header: PacketHeader): void {
    const decoded = decodeChecked(bytes, header);
    if (!decoded.ok) return;
    const packet = decoded.value;
    if (isPacketOf(packet, 'loss')) for (const row of rowsOf(packet)) this.lost += row.count;
    if (isPacketOf(packet, 'process')) this.lastNs = Math.max(this.lastNs, ...packet.columns.timeNs);
    if (isPacketOf(packet, 'gap')) for (const row of rowsOf(packet)) this.lost += row.rowCount;
    if (!isPacketOf(packet, 'output')) return;
    for (const { pid, stream, text } of rowsOf(packet)) {
      const piece = { pid, stream: enumWord('outputStream', stream) as 'stdout' | 'stderr', text };
      if (this.pid === undefined) this.early.push(piece);
      else this.tell(piece);
    }
  }

  private tell(piece: { pid: number; stream: 'stdout' | 'stderr'; text: string }): void {
    if (piece.pid === this.pid) this.options.onOutput?.(piece.stream, piece.text);
  }

  /** The program runs: its output that came before this was known is told now. */
  launched(targetId: number, pid: number): void {
    this.targetId = targetId;
    this.pid = pid;
    for (const piece of this.early.splice(0)) this.tell(piece);
    for (const exited of this.earlyExits.splice(0)) this.onExited(exited);
  }

  onExited(exited: TargetExited): void {
    if (this.targetId === undefined) this.earlyExits.push(exited);
    else if (exited.targetId === this.targetId) this.resolveExit(exited);
  }

  onState(state: LinkState): void {
    this.linkState = state.kind;
    if (state.kind === 'live') void this.askWhetherItEnded();
    if (state.kind === 'ended' && state.failure) this.rejectExit(state.failure);
  }

  /** The program may have ended while the link was down. */
  async askWhetherItEnded(): Promise<void> {
    if (!this.link || this.targetId === undefined) return;
    try {
      const { targets } = await this.link.request('target/list', {});
      const own = targets.find((target) => target.targetId === this.targetId);
      if (own?.exited) this.resolveExit(own.exited);
      if (!own)
        this.rejectExit(
          failure(
            'targetGone',
            'The probe was started anew and no longer knows the program.',
            'What was recorded until then is in the file.',
          ),
        );
    } catch {
      // The link was cut again; it asks anew when it is back.
    }
  }

  stopTarget(signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): void {
    if (!this.link || this.targetId === undefined) return;
    this.link.request('target/stop', { targetId: this.targetId, signal }).catch(() => {
      // Without a link the program cannot be reached; the state of the link is shown.
    });
  }
}

function describeLoss(error: FailureError, recording: Recording, filePath: string): FailureError {
  const rows = Object.values(recording.rows).reduce((sum, count) => sum + count, 0);
  return failure(
    error.failure.code,
    error.failure.sentence,
    `${error.failure.remedy} ${filePath} holds the ${rows} rows until then.`.trim(),
  );
}

/**
 * Launches a program on a probe's machine and records everything until it has ended. A cut link is survived. Throws a
 * FailureError when nothing could be launched, the link was lost for good, or the file could not be written; the file is
 * whole then too.
 */
export async function recordTarget(options: RecordOptions): Promise<RecordResult> {
  HkaWriter.check(options.filePath, options);
  let writer: HkaWriter | undefined;
  const waiting: [Uint8Array, PacketHeader][] = [];
  let recording: Recording | undefined;
  const link = await ProbeLink.open(options.transport, {
    cursor: 'now',
    giveUpMs: options.giveUpMs,
    onPacket: (packet, header) => {
      if (recording) recording.take(packet, header);
      else waiting.push([packet.slice(), header]);
    },
    onState: (state) => recording?.onState(state),
    onExited: (exited) => recording?.onExited(exited),
  });
  const cleanups: (() => void)[] = [() => link.close()];
  try {
    writer = HkaWriter.open(options.filePath, options);
    const current = new Recording(options, writer);
    recording = current;
    current.link = link;
    for (const [packet, header] of waiting.splice(0)) current.take(packet, header);
    const { targetId, pid } = await link.request('target/launch', options.launch);
    current.launched(targetId, pid);
    const timing = watch(options, current, cleanups, link);
    const exited = await current.exited;
    await link.delivered(exited.nextSequence);
    if (current.writeFailure) throw current.writeFailure;
    return {
      exitCode: exited.signal ? 128 + (constants.signals[exited.signal as NodeJS.Signals] ?? 0) : exited.exitCode,
      signal: exited.signal,
      endedByDuration: timing.isOver,
      rows: current.rows,
      lost: current.lost,
      reconnectCount: link.reconnectCount,
      filePath: options.filePath,
    };
  } catch (error) {
    if (error instanceof FailureError && recording && recording.targetId !== undefined)
      throw describeLoss(error, recording, options.filePath);
    throw error;
  } finally {
    for (const cleanup of cleanups) cleanup();
    writer?.close(recording?.lastNs ?? 0);
    if (writer && recording?.targetId === undefined) rmSync(options.filePath, { force: true }); // nothing ran
  }
}

/** Progress, the program's time, and Ctrl-C, until the cleanups are run. */
function watch(
  options: RecordOptions,
  recording: Recording,
  cleanups: (() => void)[],
  link: ProbeLink,
): { isOver: boolean } {
  const timing = { isOver: false };
  const every = (ms: number, act: () => void) => {
    const timer = setInterval(act, ms);
    cleanups.push(() => clearInterval(timer));
  };
  every(PROGRESS_MS, () => {
    const rows = Object.values(recording.rows).reduce((sum, count) => sum + count, 0);
    options.onProgress?.({ rows, bytes: link.byteCount, lost: recording.lost, linkState: recording.linkState });
  });
  every(TARGET_POLL_MS, () => void recording.askWhetherItEnded());
  if (options.durationMs !== undefined) {
    const timer = setTimeout(() => {
      timing.isOver = true;
      recording.stopTarget('SIGTERM');
    }, options.durationMs);
    cleanups.push(() => clearTimeout(timer));
  }
  const on = (signal: AbortSignal | undefined, act: () => void) => {
    signal?.addEventListener('abort', act);
    cleanups.push(() => signal?.removeEventListener('abort', act));
  };
  on(options.interruptSignal, () => recording.stopTarget('SIGINT'));
  on(options.signal, () => recording.stopTarget('SIGKILL'));
  return timing;
}
