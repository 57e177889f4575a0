// The truth of a session: every packet in order of arrival, one ring a lane, the state tables kept for new viewers, all of it on
// disk and there again after a crash. Knows no sockets.

import { randomBytes } from 'node:crypto';
import type { Lane } from '../../shared/model/column';
import { failure } from '../../shared/util/failure';
import { stampHeader } from '../../shared/wire/header';
import { tableOfKind, tables } from '../../shared/wire/tables';
import { type DiskStop, diskStopOf } from './disk-stop';
import type { SpoolFileSystem } from './file-system';
import { LaneRing } from './lane-ring';
import {
  BACKLOG_BYTES_LOW,
  BACKLOG_BYTES_MAX,
  RESUME_CHECK_MS,
  STATE_BYTES_MAX,
  STOPPED_VITAL_BYTES_MAX,
  VITAL_RING_RATIO,
} from './limits';
import { type Recovered, recoverLane, recoverState, removeLeft } from './recovery';
import { SessionFile, type SessionRecord } from './session-file';
import { SourceLog } from './source-log';
import { StateStore } from './state-store';

export interface SpoolOptions {
  readonly folder: string;
  readonly bytesMax: number;
  readonly fileSystem: SpoolFileSystem;
  /** Of this boot: a ring of another boot is of another session. */
  readonly bootId: string;
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly monotonicNs: () => bigint;
  readonly stateBytesMax?: number;
}

/** What the owner of a spool wants to hear. */
export interface SpoolEvents {
  /** More can be read by viewers. */
  readonly onPublished: () => void;
  /** true: the disk is behind, stop reading collectors. false: go on. */
  readonly onBacklog: (isBehind: boolean) => void;
  /** Packets that were not recorded. */
  readonly onLost: (reason: string, rowCount: number, bytes: number) => void;
  /** The disk refuses: nothing is recorded any more. */
  readonly onStopped: (stop: DiskStop) => void;
  readonly onResumed: (stop: DiskStop) => void;
}

/** What open() found on disk. */
export interface SpoolLeft {
  readonly isNewSession: boolean;
  /** Bytes of a session of an earlier boot that were removed. */
  readonly removedBytes: number;
  /** Bytes of torn packets that were cut off, and packets with wrong checksums. */
  readonly cutBytes: number;
  readonly damagedCount: number;
  /** Sequence numbers that were given before the probe ended and whose packets did not come to disk. */
  readonly missingCount: number;
}

const NUMBERS_RESERVED = 64;
const SEQUENCES_RESERVED = 4096;

export class Spool {
  private sequenceNext = 1;
  private stopped: DiskStop | undefined;
  private isBehind = false;
  private isClosed = false;
  private resumeTimer: NodeJS.Timeout | undefined;
  private recordWrites: Promise<void> = Promise.resolve();
  private sourceIdNext: number;
  private targetIdNext: number;
  private readonly sources = new SourceLog();
  private readonly rings: Record<Lane, LaneRing>;

  private constructor(
    private readonly options: SpoolOptions,
    private readonly events: SpoolEvents,
    private readonly file: SessionFile,
    private record: SessionRecord,
    readonly state: StateStore,
    recovered: Record<Lane, Recovered>,
    readonly left: SpoolLeft,
  ) {
    this.sourceIdNext = Math.max(record.sourceIdNext, recovered.vital.sourceIdMax + 1, recovered.bulk.sourceIdMax + 1);
    this.targetIdNext = record.targetIdNext;
    const vitalBytes = Math.floor(options.bytesMax * VITAL_RING_RATIO);
    this.rings = {
      vital: this.makeRing('vital', vitalBytes, recovered.vital),
      bulk: this.makeRing('bulk', options.bytesMax - vitalBytes, recovered.bulk),
    };
  }

  /** Opens the ring in the folder: continues the session of this boot, or begins a new one. Throws a FailureError. */
  static async open(options: SpoolOptions, events: SpoolEvents): Promise<Spool> {
    try {
      return await Spool.openFolder(options, events);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw failure(
        code === 'ENOSPC' ? 'diskFull' : 'spoolUnusable',
        `The ring in ${options.folder} cannot be opened (${code ?? message}).`,
        code === 'ENOSPC' ? 'Free some space there.' : 'Name another folder with --spool, or mend this one.',
      );
    }
  }

  private static async openFolder(options: SpoolOptions, events: SpoolEvents): Promise<Spool> {
    const { fileSystem, folder } = options;
    await fileSystem.makeFolder(folder);
    const file = await SessionFile.open(fileSystem, folder);
    const isNewSession = file.found?.bootId !== options.bootId;
    const removedBytes = isNewSession ? await removeLeft(fileSystem, folder) : 0;
    const record = isNewSession || !file.found ? newRecord(options) : file.found;
    const vital = await recoverLane(fileSystem, folder, 'vital');
    const bulk = await recoverLane(fileSystem, folder, 'bulk');
    const saved = await recoverState(fileSystem, folder);
    const state = new StateStore(fileSystem, folder, options.stateBytesMax ?? STATE_BYTES_MAX);
    state.restore(saved.packets, saved.bytes, vital.state);
    const lastSequence = Math.max(
      vital.totals.lastSequence,
      bulk.totals.lastSequence,
      saved.packets.at(-1)?.sequence ?? 0,
    );
    const sequenceNext = Math.max(lastSequence + 1, record.sequenceReserved);
    const missingCount = sequenceNext - 1 - vital.packetCount - bulk.packetCount;
    const left = {
      isNewSession,
      removedBytes,
      cutBytes: vital.cutBytes + bulk.cutBytes + saved.cutBytes,
      damagedCount: vital.damagedCount + bulk.damagedCount,
      missingCount: missingCount - record.missingCount,
    };
    const spool = new Spool(options, events, file, record, state, { vital, bulk }, left);
    spool.sequenceNext = sequenceNext;
    await spool.rings.vital.evict();
    await spool.rings.bulk.evict();
    await spool.reserve({ sequenceReserved: 0, missingCount });
    return spool;
  }

  private makeRing(lane: Lane, bytesMax: number, left: Recovered): LaneRing {
    return new LaneRing(
      {
        lane,
        folder: this.options.folder,
        bytesMax,
        fileSystem: this.options.fileSystem,
        onPublished: () => this.published(),
        onWriteFailed: (error) => this.stop(error),
        beforeEvict: (lastSequence) => (lane === 'vital' ? this.state.save(lastSequence) : Promise.resolve()),
      },
      left,
    );
  }

  get sessionId(): string {
    return this.record.sessionId;
  }

  /** CLOCK_MONOTONIC at SessionNs 0, nanoseconds. */
  get epochNs(): bigint {
    return BigInt(this.record.epochNs);
  }

  get epochUnixMs(): number {
    return this.record.epochUnixMs;
  }

  /** The sequence that the next packet gets. */
  get nextSequence(): number {
    return this.sequenceNext;
  }

  /** Every packet below this one is published in both lanes, and on disk unless the disk is full. */
  get completeSequence(): number {
    const { vital, bulk } = this.rings;
    return Math.min(
      vital.firstUnpublishedSequence ?? this.sequenceNext,
      bulk.firstUnpublishedSequence ?? this.sequenceNext,
    );
  }

  get bytes(): number {
    return this.rings.vital.bytes + this.rings.bulk.bytes;
  }

  get diskStop(): DiskStop | undefined {
    return this.stopped;
  }

  ring(lane: Lane): LaneRing {
    return this.rings[lane];
  }

  /** The sequence of the oldest packet of a lane, or the next one where the lane is empty. */
  oldestSequence(lane: Lane): number {
    return this.rings[lane].oldestSequence ?? this.sequenceNext;
  }

  /** A number no source of this session had before. */
  newSourceId(): number {
    const sourceId = this.sourceIdNext++;
    if (this.sourceIdNext > this.record.sourceIdNext) {
      void this.reserve({ sourceIdNext: this.sourceIdNext + NUMBERS_RESERVED });
    }
    this.sources.open(sourceId);
    return sourceId;
  }

  /** A number no target of this session had before. */
  newTargetId(): number {
    const targetId = this.targetIdNext++;
    if (this.targetIdNext > this.record.targetIdNext) {
      void this.reserve({ targetIdNext: this.targetIdNext + NUMBERS_RESERVED });
    }
    return targetId;
  }

  /** The source will send nothing more. */
  closeSource(sourceId: number): void {
    this.sources.close(sourceId);
  }

  /**
   * Stamps the packet in place and copies it into its lane's ring. Returns its sequence; undefined when it was not recorded
   * because the disk is full, which is counted, or because the spool is closed. `kind` must be a table of this version.
   */
  append(packet: Uint8Array, kind: number, rowCount: number, sourceId: number): number | undefined {
    const table = tableOfKind(kind);
    if (!table) throw new Error(`append of unknown table kind ${kind}`);
    if (this.isClosed) return undefined;
    if (this.stopped && !this.isKeptWhileStopped(kind, sourceId)) {
      // A loss row of the probe is not lost: its owner keeps the counts.
      const isOwnLoss = sourceId === 0 && kind === tables.loss.kind;
      if (!isOwnLoss) this.events.onLost(this.stopped.reason, rowCount, packet.length);
      return undefined;
    }
    const sequence = this.sequenceNext++;
    stampHeader(packet, sequence, sourceId);
    if (table.role === 'state') this.keepState(packet, sequence, sourceId, rowCount);
    this.sources.note(sourceId, sequence);
    this.rings[table.lane].append(packet, sequence, kind, rowCount);
    if (!this.stopped) this.tellBacklog();
    else if (this.sequenceNext >= this.record.sequenceReserved) {
      void this.reserve({ sequenceReserved: this.sequenceNext + SEQUENCES_RESERVED });
    }
    return sequence;
  }

  private isKeptWhileStopped(kind: number, sourceId: number): boolean {
    if (this.rings.vital.unwrittenBytes > STOPPED_VITAL_BYTES_MAX) return false;
    const isOwnNotice = sourceId === 0 && (kind === tables.diagnostic.kind || kind === tables.loss.kind);
    return isOwnNotice || tableOfKind(kind)?.role === 'state';
  }

  private keepState(packet: Uint8Array, sequence: number, sourceId: number, rowCount: number): void {
    if (!this.state.add(packet, sequence, sourceId)) {
      this.events.onLost('too many names and other state rows to keep for new viewers', rowCount, packet.length);
    }
    if (!this.state.isCrowded) return;
    const oldest = Math.min(this.oldestSequence('vital'), this.oldestSequence('bulk'));
    this.state.forget((each) => this.sources.isGone(each, oldest)).catch((error: Error) => this.stop(error));
  }

  private published(): void {
    this.tellBacklog();
    this.events.onPublished();
  }

  private tellBacklog(): void {
    const unwritten = this.stopped ? 0 : this.rings.vital.unwrittenBytes + this.rings.bulk.unwrittenBytes;
    const isBehind = unwritten > (this.isBehind ? BACKLOG_BYTES_LOW : BACKLOG_BYTES_MAX);
    if (isBehind === this.isBehind) return;
    this.isBehind = isBehind;
    this.events.onBacklog(isBehind);
  }

  private stop(error: NodeJS.ErrnoException): void {
    if (this.stopped || this.isClosed) return;
    this.stopped = diskStopOf(error, this.options.folder);
    void this.reserve({ sequenceReserved: this.sequenceNext + SEQUENCES_RESERVED });
    this.rings.vital.stop();
    this.rings.bulk.stop();
    this.tellBacklog();
    this.events.onStopped(this.stopped);
    this.resumeTimer = setTimeout(() => void this.tryResume(), RESUME_CHECK_MS);
  }

  // Room for two segments is asked for, so that a nearly full disk does not stop and go with every packet.
  private async tryResume(): Promise<void> {
    const { stopped } = this;
    if (!stopped || this.isClosed) return;
    try {
      const wantedBytes = 2 * this.rings.bulk.segmentBytesMax + this.rings.vital.unwrittenBytes;
      if ((await this.options.fileSystem.freeBytes(this.options.folder)) < wantedBytes) throw new Error('still full');
      await this.rings.vital.resume();
      await this.rings.bulk.resume();
    } catch {
      this.rings.vital.stop();
      this.rings.bulk.stop();
      if (!this.isClosed) this.resumeTimer = setTimeout(() => void this.tryResume(), RESUME_CHECK_MS);
      return;
    }
    this.stopped = undefined;
    this.events.onResumed(stopped);
    await this.reserve({ sequenceReserved: 0 });
  }

  private reserve(change: Partial<SessionRecord>): Promise<void> {
    this.record = { ...this.record, ...change };
    const record = this.record;
    this.recordWrites = this.recordWrites
      .then(() => this.file.write(record))
      .catch((error: NodeJS.ErrnoException) => this.stop(error));
    return this.recordWrites;
  }

  /** Resolves when everything appended so far is on disk, or the disk refuses. */
  async flush(): Promise<void> {
    await this.rings.vital.flush();
    await this.rings.bulk.flush();
  }

  async close(): Promise<void> {
    await this.flush();
    this.isClosed = true;
    clearTimeout(this.resumeTimer);
    await this.recordWrites;
    await this.rings.vital.close();
    await this.rings.bulk.close();
    await this.state.close();
    await this.file.close();
  }
}

function newRecord(options: SpoolOptions): SessionRecord {
  return {
    version: 1,
    sessionId: randomBytes(8).toString('hex'),
    bootId: options.bootId,
    epochNs: String(options.monotonicNs()),
    epochUnixMs: Date.now(),
    sourceIdNext: 1,
    targetIdNext: 1,
    sequenceReserved: 0,
    missingCount: 0,
  };
}
