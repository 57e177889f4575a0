import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StartCursor } from '../../../app/host/link/lane';
import type { LinkState } from '../../../app/host/link/link-state';
import { ProbeLink, type ProbeLinkOptions } from '../../../app/host/link/probe-link';
import { localTransport } from '../../../app/host/link/transport';
import type { Lane } from '../../../shared/model/column';
import { type FailureError, failure } from '../../../shared/util/failure';
import { decodeChecked, rowsOf } from '../../../shared/wire/decode';
import type { PacketHeader } from '../../../shared/wire/header';
import { tableOfKind } from '../../../shared/wire/tables';
import { FakeProbe, healthPacket, stringPacket, syncPacket } from './fake-probe';
import { Until } from './until';

let probe: FakeProbe;
let link: ProbeLink | undefined;
const arrived: { lane: Lane; sequence: number; table: string }[] = [];
const news = new Until();

beforeEach(async () => {
  probe = await FakeProbe.start();
  arrived.length = 0;
});

afterEach(async () => {
  await link?.close();
  link = undefined;
  await probe.stop();
});

function note(_bytes: Uint8Array, header: PacketHeader, lane: Lane): void {
  arrived.push({ lane, sequence: header.sequence, table: tableOfKind(header.kind)?.name ?? `kind ${header.kind}` });
  news.wake();
}

async function open(cursor: StartCursor, options: Partial<ProbeLinkOptions> = {}): Promise<ProbeLink> {
  const opened = await ProbeLink.open(localTransport(probe.socketPath), {
    cursor,
    onBytes: note,
    pingMs: 0,
    ...options,
  });
  link = opened;
  opened.onState(() => news.wake());
  return opened;
}

const sequences = (lane: Lane) => arrived.filter((each) => each.lane === lane).map((each) => each.sequence);
const failureOf = (error: unknown) => (error as FailureError).failure;

describe('lanes', () => {
  test('cursor now: state first, then only what comes', async () => {
    probe.add(stringPacket(1));
    probe.add(healthPacket(1));
    probe.add(syncPacket(1));
    const opened = await open('now');
    const last = probe.add(syncPacket(2));
    probe.add(healthPacket(2));
    await opened.waitUntilDelivered(last + 2, { timeoutMs: 5000 });
    expect(arrived.map(({ lane, sequence, table }) => `${lane} ${sequence} ${table}`).sort()).toEqual([
      'bulk 5 sync',
      'vital 1 session',
      'vital 2 string',
      'vital 6 health',
    ]);
    expect(arrived[0].table).toBe('session');
  });

  test('cursor oldest: all that the ring holds', async () => {
    for (let value = 0; value < 5; value++) probe.add(value % 2 ? syncPacket(value) : healthPacket(value));
    const opened = await open('oldest');
    await opened.waitUntilDelivered(probe.nextSequence, { timeoutMs: 5000 });
    expect(sequences('vital')).toEqual([1, 2, 4, 6]);
    expect(sequences('bulk')).toEqual([3, 5]);
  });

  test('packets are decoded for onPacket, and keep their bytes', async () => {
    const held: number[] = [];
    const opened = await open('now', { onPacket: (packet) => void held.push(rowsOf(packet).length) });
    const last = probe.add(syncPacket(1, 300));
    await opened.waitUntilDelivered(last + 1, { timeoutMs: 5000 });
    expect(held).toEqual([1, 300]);
  });

  test('a slow consumer holds its lane back, in order and within the credit', async () => {
    const rows = 4000; // 29 bytes each, so about 116 KB a packet
    let atOnce = 0;
    let mostAtOnce = 0;
    const opened = await open('now', {
      reuseBytes: true,
      onBytes: async (bytes, header, lane) => {
        const startNs = new DataView(bytes.buffer, bytes.byteOffset).getFloat64(32, true);
        mostAtOnce = Math.max(mostAtOnce, ++atOnce);
        await new Promise(setImmediate);
        atOnce -= 1;
        if (lane === 'bulk') arrived.push({ lane, sequence: header.sequence, table: String(startNs) });
      },
    });
    let lastSequence = 0;
    for (let value = 0; value < 200; value++) lastSequence = probe.add(syncPacket(value, rows));
    await opened.waitUntilDelivered(lastSequence + 1, { timeoutMs: 20_000 });
    expect(arrived.map((each) => each.table)).toEqual(Array.from({ length: 200 }, (_, value) => String(value)));
    expect(mostAtOnce).toBe(1);
  });

  test('bulk that is not consumed does not delay vital', async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const opened = await open('now', {
      onBytes: (bytes, header, lane) => {
        note(bytes, header, lane);
        return lane === 'bulk' ? gate : undefined;
      },
    });
    for (let value = 0; value < 150; value++) probe.add(syncPacket(value, 4000));
    const vital = probe.add(healthPacket(7));
    await news.when(() => sequences('vital').includes(vital));
    expect(sequences('bulk')).toEqual([2]);
    release();
    await opened.waitUntilDelivered(vital + 1, { timeoutMs: 20_000 });
    expect(sequences('bulk').length).toBe(150);
  });

  test('a consumer that fails ends the link with its failure', async () => {
    const opened = await open('now', {
      onBytes: (_bytes, header) => {
        if (header.sequence > 1) throw failure('diskFull', 'The disk is full.', 'Make room.');
      },
    });
    const last = probe.add(syncPacket(1));
    const waiting = opened.waitUntilDelivered(last + 1, { timeoutMs: 5000 });
    await expect(waiting).rejects.toMatchObject({ failure: { code: 'diskFull' } });
    expect(opened.state).toMatchObject({ kind: 'ended', failure: { failure: { code: 'diskFull' } } });
  });
});

describe('a lost connection', () => {
  test('every packet arrives once, however often it is cut', async () => {
    let cutCount = 0;
    let sentCount = 0;
    probe.onSend = (packet, socket) => {
      sentCount += 1;
      if (sentCount % 23 !== 0) return packet.bytes;
      cutCount += 1;
      // Half a packet, then the end: of this connection only, the link takes the others down itself.
      socket.write(packet.bytes.subarray(0, packet.bytes.length / 2), () => socket.destroy());
      return undefined;
    };
    const opened = await open('oldest');
    let last = 0;
    for (let value = 0; value < 150; value++) last = probe.add(value % 3 ? syncPacket(value, 50) : healthPacket(value));
    await opened.waitUntilDelivered(last + 1, { timeoutMs: 30_000 });
    await news.when(() => opened.state.kind === 'live');
    expect(cutCount).toBeGreaterThanOrEqual(3);
    expect(opened.statistics.reconnectCount).toBeGreaterThanOrEqual(2);
    const all = [...sequences('vital'), ...sequences('bulk')].sort((a, b) => a - b);
    expect(all).toEqual(Array.from({ length: last }, (_, index) => index + 1));
    for (const lane of ['vital', 'bulk'] as const)
      expect(sequences(lane)).toEqual([...sequences(lane)].sort((a, b) => a - b));
  });

  test('cut inside the state replay: each state packet once, and nothing since the start is missing', async () => {
    for (let id = 1; id <= 30; id++) probe.add(stringPacket(id));
    probe.add(healthPacket(1));
    const start = probe.nextSequence;
    let isStalled = false;
    probe.onSend = (packet) => {
      if (packet.sequence !== 12 || isStalled) return packet.bytes;
      isStalled = true;
      return undefined;
    };
    const opened = await open('now');
    await news.when(() => sequences('vital').length === 11);
    // More comes while the link is away: state and events that the second replay must not deliver twice.
    probe.cut();
    probe.add(stringPacket(99));
    probe.add(healthPacket(2));
    probe.add(syncPacket(2));
    await news.when(() => arrived.some((each) => each.table === 'sync'));
    await opened.waitUntilDelivered(start + 3, { timeoutMs: 10_000 });
    expect(sequences('vital')).toEqual([...Array.from({ length: 31 }, (_, index) => index + 1), start, start + 1]);
    expect(sequences('bulk')).toEqual([start + 2]);
  });

  test('states tell since when, which attempt and why', async () => {
    const opened = await open('now');
    const states: LinkState[] = [];
    opened.onState((state) => {
      states.push(state);
      news.wake();
    });
    await probe.hide();
    await news.when(() => states.some((state) => state.kind === 'reconnecting' && state.attempt >= 2));
    await probe.listen();
    await news.when(() => states.some((state) => state.kind === 'live'));
    expect(states[0]).toMatchObject({ kind: 'reconnecting', attempt: 1, reason: expect.stringMatching(/closed/) });
    expect(states[1]).toMatchObject({ attempt: 2, reason: expect.stringContaining('No probe answers at') });
    expect(opened.statistics.reconnectCount).toBe(1);
  });

  test('it ends when there is no probe for too long', async () => {
    const opened = await open('now', { giveUpMs: 300 });
    await probe.hide();
    await news.when(() => opened.state.kind === 'ended');
    expect(opened.state).toMatchObject({ failure: { failure: { code: 'probeLost' } } });
    await expect(opened.request('probe/describe', {})).rejects.toMatchObject({ failure: { code: 'probeLost' } });
  });

  test('a request waits for the link', async () => {
    const opened = await open('now');
    probe.cut();
    await news.when(() => opened.state.kind === 'reconnecting');
    expect((await opened.request('probe/describe', {})).sessionId).toBe('session-a');
    expect(opened.state.kind).toBe('live');
  });

  test('another session is told before its first packet, and read from its oldest', async () => {
    const opened = await open('now');
    const lines: string[] = [];
    opened.onSessionChanged((change) => {
      lines.push(`${change.fromSessionId} → ${change.toSessionId} after ${arrived.length}`);
      arrived.length = 0;
    });
    await probe.hide();
    probe.forget('session-b');
    probe.add(syncPacket(1));
    await probe.listen();
    await news.when(() => arrived.some((each) => each.table === 'sync'));
    expect(lines).toEqual(['session-a → session-b after 1']);
    expect(arrived.map((each) => each.sequence)).toEqual([1, 2]);
    expect(opened.sessionId).toBe('session-b');
  });
});

describe('damage', () => {
  test('a packet damaged once is asked for again', async () => {
    let damagedCount = 0;
    probe.onSend = (packet) => {
      if (packet.sequence !== 3 || damagedCount++ > 0) return packet.bytes;
      const copy = packet.bytes.slice();
      copy[40] ^= 1;
      return copy;
    };
    const opened = await open('now');
    for (let value = 0; value < 3; value++) probe.add(syncPacket(value));
    await opened.waitUntilDelivered(5, { timeoutMs: 10_000 });
    await news.when(() => opened.state.kind === 'live');
    expect(sequences('bulk')).toEqual([2, 3, 4]);
    expect(opened.statistics).toMatchObject({ damagedCount: 0, reconnectCount: 1 });
  });

  test('a packet damaged in the ring becomes a loss row in its place', async () => {
    probe.onSend = (packet) => {
      if (packet.sequence !== 3) return packet.bytes;
      const copy = packet.bytes.slice();
      copy[40] ^= 1;
      return copy;
    };
    const losses: unknown[] = [];
    const opened = await open('now', {
      onBytes: (bytes, header, lane) => {
        note(bytes, header, lane);
        const decoded = decodeChecked(bytes, header);
        if (decoded.ok && decoded.value.table.name === 'loss') losses.push(...rowsOf(decoded.value));
      },
    });
    for (let value = 0; value < 3; value++) probe.add(syncPacket(value, 7));
    await opened.waitUntilDelivered(5, { timeoutMs: 10_000 });
    expect(arrived.map((each) => each.table)).toEqual(['session', 'sync', 'loss', 'sync']);
    expect(losses).toMatchObject([{ count: 7, stage: 'link' }]);
    expect(opened.statistics.damagedCount).toBe(1);
  });

  test('bytes that are no packets: the connection is opened again', async () => {
    let isSpoiled = false;
    probe.onSend = (packet) => {
      if (packet.sequence !== 3 || isSpoiled) return packet.bytes;
      isSpoiled = true;
      return Buffer.from('this is not a packet of ours, and never was one');
    };
    const opened = await open('now');
    for (let value = 0; value < 3; value++) probe.add(syncPacket(value));
    await opened.waitUntilDelivered(5, { timeoutMs: 10_000 });
    expect(sequences('bulk')).toEqual([2, 3, 4]);
  });
});

describe('the first connection', () => {
  test('no probe: a sentence with a remedy', async () => {
    await probe.hide();
    const error = await open('now').catch(failureOf);
    expect(error).toMatchObject({ code: 'noProbe', remedy: expect.stringContaining('hookanalyzer serve') });
    await probe.listen();
  });

  test('another version names both and how to mend it', async () => {
    probe.version = '2';
    const error = await open('now').catch(failureOf);
    expect(error).toMatchObject({ code: 'versionMismatch' });
    expect(`${(error as { sentence: string }).sentence}`).toMatch(/0\.0\.1.*version 2.*version 1/);
    expect((error as { remedy: string }).remedy).toContain('Update this program');
  });

  test('a refusal comes through as the probe gave it', async () => {
    probe.refusal = { error: 'versionMismatch', sentence: 'This probe speaks 1.', remedy: 'Update it.' };
    await expect(open('now')).rejects.toMatchObject({ failure: { code: 'versionMismatch', remedy: 'Update it.' } });
  });

  test('a socket path that is too long is refused before it is tried', async () => {
    const opening = ProbeLink.control(localTransport(`/tmp/${'x'.repeat(110)}`));
    await expect(opening).rejects.toMatchObject({ failure: { code: 'badSocketPath' } });
  });
});

describe('control', () => {
  test('requests, the probe’s failures and notifications', async () => {
    const opened = await ProbeLink.control(localTransport(probe.socketPath));
    link = opened;
    expect((await opened.request('probe/describe', {})).hostName).toBe('fake');
    probe.requests.set('target/launch', () => {
      throw failure('noProgram', 'There is no program x.', 'Check its name.');
    });
    const launching = opened.request('target/launch', { command: 'x', args: [], kinds: [] });
    await expect(launching).rejects.toMatchObject({ failure: { code: 'noProgram', remedy: 'Check its name.' } });
    probe.requests.set('target/list', () => ({ nonsense: 1 }));
    await expect(opened.request('target/list', {})).rejects.toMatchObject({ failure: { code: 'badAnswer' } });
    const exits: number[] = [];
    opened.on('target/exited', (exited) => {
      exits.push(exited.targetId);
      news.wake();
    });
    probe.notify('target/exited', { targetId: 'not a number' });
    probe.notify('target/exited', { targetId: 7, pid: 1, exitCode: 0, nextSequence: 2 });
    await news.when(() => exits.length > 0);
    expect(exits).toEqual([7]);
  });

  test('an aborted request and a cut one end at once', async () => {
    const opened = await ProbeLink.control(localTransport(probe.socketPath));
    link = opened;
    probe.requests.set('target/list', () => new Promise(() => {}));
    const abort = new AbortController();
    const aborted = opened.request('target/list', {}, { signal: abort.signal });
    const cut = opened.request('target/list', {});
    await opened.request('probe/describe', {});
    abort.abort();
    probe.cut();
    await expect(aborted).rejects.toMatchObject({ failure: { code: 'cancelled' } });
    await expect(cut).rejects.toMatchObject({ failure: { code: 'linkLost' } });
  });

  test('a request into a connection that has just broken fails, and the process lives', async () => {
    const opened = await ProbeLink.control(localTransport(probe.socketPath));
    link = opened;
    for (let round = 0; round < 3; round++) {
      await opened.request('probe/describe', {});
      probe.cut();
      const asked = Array.from({ length: 5 }, () => opened.request('probe/describe', {}).catch(failureOf));
      for (const answer of await Promise.all(asked)) expect(answer).toMatchObject({ code: 'linkLost' });
    }
  });

  test('the round trip is measured', async () => {
    const opened = await open('now', { pingMs: 1 });
    const describe = probe.requests.get('probe/describe');
    let count = 0;
    probe.requests.set('probe/describe', (params) => {
      count += 1;
      news.wake();
      return describe?.(params);
    });
    await news.when(() => count >= 2);
    expect(opened.statistics.roundTripMs).toBeGreaterThan(0);
    expect(opened.epochNs).toBe(1000n);
  });
});
