// What a connection becomes after its hello: a collector, one lane of a viewer, or a control channel.

import type { Socket } from 'node:net';
import type { Lane } from '../../shared/model/column';
import { TRACE_KINDS } from '../../shared/model/enums';
import { failure } from '../../shared/util/failure';
import type { HelloFields } from '../../shared/wire/hello';
import type { Spool } from '../spool/spool';
import type { Targets } from '../targets/targets';
import { CollectorConnection } from './collector-connection';
import { ControlConnection, type Handlers } from './control-connection';
import type { FlowGate } from './flow-gate';
import { answerHello, checkVersion, type Hello } from './handshake';
import { CONNECTION_COUNT_MAX, CREDIT_BYTES_MAX } from './limits';
import type { OwnRows } from './own-rows';
import { ViewerConnection } from './viewer-connection';

export interface RolesOptions {
  readonly spool: Spool;
  readonly own: OwnRows;
  readonly gate: FlowGate;
  readonly targets: Targets;
  readonly handlers: Handlers;
}

function checkRoom(role: keyof typeof CONNECTION_COUNT_MAX, count: number): void {
  if (count < CONNECTION_COUNT_MAX[role]) return;
  throw failure(
    'tooManyConnections',
    `The probe has ${count} ${role} connections, which is its limit.`,
    'Close some of them.',
  );
}

function parseLane(text: string | undefined): Lane {
  if (text === 'vital' || text === 'bulk') return text;
  throw failure('badHello', `The hello names the lane "${text ?? ''}".`, 'The lanes are vital and bulk.');
}

function parseCount(fields: HelloFields, key: string, max: number): number {
  const count = Number(fields[key] || 0);
  if (Number.isInteger(count) && count >= 0 && count <= max) return count;
  throw failure('badHello', `The hello has a ${key} that is no count.`, 'Connect with a program of HookAnalyzer.');
}

export class Roles {
  readonly collectors = new Set<CollectorConnection>();
  readonly viewers = new Set<ViewerConnection>();
  readonly controls = new Set<ControlConnection>();

  constructor(private readonly options: RolesOptions) {}

  /** Takes a connection over. Throws a FailureError that says why not. */
  accept(socket: Socket, hello: Hello): void {
    checkVersion(hello.fields);
    const { role } = hello.fields;
    if (role === 'collector') this.acceptCollector(socket, hello);
    else if (role === 'viewer') this.acceptViewer(socket, hello);
    else if (role === 'control') this.acceptControl(socket, hello);
    else {
      throw failure(
        'unknownRole',
        `The hello names the role "${role ?? ''}".`,
        'The roles are collector, viewer and control.',
      );
    }
  }

  private session(): Record<string, string> {
    const { spool } = this.options;
    return { session: spool.sessionId, epochNs: String(spool.epochNs) };
  }

  private acceptCollector(socket: Socket, { fields, rest }: Hello): void {
    checkRoom('collector', this.collectors.size);
    const { spool, own, gate, targets } = this.options;
    const pid = parseCount(fields, 'pid', 2 ** 32 - 1);
    const target = targets.find(parseCount(fields, 'target', 2 ** 31));
    const asked = (fields.kinds ?? '').split(',');
    const kinds = target ? target.tracedKinds : TRACE_KINDS.filter((kind) => asked.includes(kind));
    const sourceId = spool.newSourceId();
    answerHello(socket, {
      ...this.session(),
      sourceId: String(sourceId),
      kinds: kinds.join(','),
      latency: target?.wantsLatency ? '1' : '0',
    });
    const onClosed = () => {
      this.collectors.delete(collector);
      target?.removeCollector(collector);
    };
    const takesChanges = fields.takes === 'change';
    const facts = { socket, rest, sourceId, pid, takesChanges };
    const collector = new CollectorConnection({ ...facts, spool, own, gate, onClosed });
    this.collectors.add(collector);
    target?.addCollector(collector);
  }

  private acceptViewer(socket: Socket, { fields, rest }: Hello): void {
    checkRoom('viewer', this.viewers.size);
    const { spool, own } = this.options;
    const lane = parseLane(fields.lane);
    const creditBytes = parseCount(fields, 'credit', CREDIT_BYTES_MAX);
    const { cursor, isWord } = this.findStart(lane, fields);
    const state = lane === 'vital' && isWord ? spool.state.between(0, cursor) : [];
    answerHello(socket, { ...this.session(), cursor: String(cursor), next: String(spool.nextSequence) });
    const onClosed = () => {
      this.viewers.delete(viewer);
    };
    const viewer = new ViewerConnection({ socket, rest, lane, spool, own, cursor, state, creditBytes, onClosed });
    this.viewers.add(viewer);
  }

  private findStart(lane: Lane, fields: HelloFields): { cursor: number; isWord: boolean } {
    const { spool } = this.options;
    const oldest = { cursor: spool.oldestSequence(lane), isWord: true };
    const isOtherSession = fields.session !== undefined && fields.session !== '' && fields.session !== spool.sessionId;
    if (isOtherSession || fields.cursor === 'oldest') return oldest;
    if (fields.cursor === 'now') return { cursor: spool.nextSequence, isWord: true };
    const cursor = Number(fields.cursor || Number.NaN);
    if (!Number.isSafeInteger(cursor) || cursor < 0) {
      throw failure(
        'badHello',
        `The hello names the cursor "${fields.cursor ?? ''}".`,
        'A cursor is a number, now or oldest.',
      );
    }
    return { cursor: Math.min(Math.max(1, cursor), spool.nextSequence), isWord: false };
  }

  private acceptControl(socket: Socket, { rest }: Hello): void {
    checkRoom('control', this.controls.size);
    answerHello(socket, { ...this.session(), pid: String(process.pid) });
    const onClosed = () => {
      this.controls.delete(control);
    };
    const control = new ControlConnection({ socket, rest, handlers: this.options.handlers, onClosed });
    this.controls.add(control);
  }

  closeAll(): void {
    for (const connection of [...this.collectors, ...this.viewers, ...this.controls]) connection.close();
  }
}
