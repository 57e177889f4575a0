// A workload is changed while it runs, through the probe that launched it: over its socket on this machine, and over SSH as on a board.

import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ProbeLink } from '../../app/host/link/probe-link';
import { openSshTransport } from '../../app/host/link/ssh-transport';
import { localTransport, type Transport } from '../../app/host/link/transport';
import { textAt } from '../../shared/model/column';
import type { WorkloadChange } from '../../shared/rpc/workload-control';
import { isPacketOf } from '../../shared/wire/decode';
import { ensureBuilt } from './build';
import { type LinkBed, openLinkBed } from './link-bed';
import { type Sshd, sshdMissing, startSshd } from './sshd';

let bed: LinkBed;
let runnerPath = '';
beforeAll(async () => {
  runnerPath = path.join(await ensureBuilt(), 'runner.js');
  bed = await openLinkBed();
});
afterAll(() => bed?.close());

const WAIT = { timeout: 30_000 };

/** A link to the probe that keeps which version answered each request, and what the runner said. */
class Watcher {
  readonly versions: string[] = [];
  readonly sentences: string[] = [];
  private constructor(readonly link: ProbeLink) {}

  static async open(transport: Transport): Promise<Watcher> {
    let watcher: Watcher | undefined;
    const link = await ProbeLink.open(transport, {
      cursor: 'now',
      onPacket: (packet) => {
        for (let row = 0; row < packet.rowCount; row++) {
          if (isPacketOf(packet, 'request')) watcher?.versions.push(textAt(packet.columns.version, row));
          if (isPacketOf(packet, 'diagnostic')) watcher?.sentences.push(textAt(packet.columns.sentence, row));
        }
      },
    });
    watcher = new Watcher(link);
    return watcher;
  }

  /** Two versions of a small model, the first of which answers until traffic is given to the other. */
  launch(script?: string) {
    const classify = { file: 'generated:classifier-shaped?sidePx=32&batch=free', versions: { a: {}, b: {} } };
    const steady = { target: 'classify', arrival: { kind: 'poisson', ratePerSec: 50 } };
    const text = JSON.stringify({ name: 'test', models: { classify }, sources: { steady } });
    const args = script ? ['-e', script] : [runnerPath, 'workload', '--text', text, '--seconds', '300'];
    return this.link.request('target/launch', {
      ...{ command: process.execPath, args, kinds: ['kernel'] },
      env: { XDG_CACHE_HOME: bed.folder },
    });
  }

  change(targetId: number, change: WorkloadChange): Promise<unknown> {
    return this.link.request('target/change', { targetId, change });
  }
}

async function changeWhileItRuns(transport: Transport): Promise<void> {
  const watcher = await Watcher.open(transport);
  const { targetId } = await watcher.launch();
  try {
    await expect.poll(() => watcher.versions.length, WAIT).toBeGreaterThan(5);
    expect(new Set(watcher.versions)).toEqual(new Set(['a']));
    await watcher.change(targetId, { kind: 'traffic', model: 'classify', weights: { b: 1 } });
    await expect.poll(() => watcher.versions.at(-1), WAIT).toBe('b');
    // What the runner cannot do it says itself, as every viewer hears.
    await watcher.change(targetId, { kind: 'swap', model: 'classify', version: 'c' });
    await expect.poll(() => watcher.sentences.join(' '), WAIT).toContain('Version "c" of "classify" is not loaded.');
    const seen = watcher.versions.length;
    await expect.poll(() => watcher.versions.length, WAIT).toBeGreaterThan(seen);
  } finally {
    await watcher.link.request('target/stop', { targetId, signal: 'SIGKILL' });
    await watcher.link.close();
  }
}

test('on this machine', () => changeWhileItRuns(localTransport(bed.socketPath)), 60_000);

const missing = sshdMissing();
describe.skipIf(missing)(`over sshd${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd?.stop());

  test('on a board', async () => {
    const options = { ...sshd.clientOptions, socketPath: bed.socketPath };
    const transport = await openSshTransport(sshd.target, options);
    try {
      await changeWhileItRuns(transport);
    } finally {
      await transport.close();
    }
  }, 60_000);
});

test('a program that is no workload takes none, and one that never was is named', async () => {
  const watcher = await Watcher.open(localTransport(bed.socketPath));
  const { targetId } = await watcher.launch('setTimeout(() => undefined, 60000)');
  const change = { kind: 'policy', policy: 'fifo' } as const;
  await expect(watcher.change(targetId, change)).rejects.toMatchObject({
    failure: { sentence: `The program of target ${targetId} takes no changes.` },
  });
  await expect(watcher.change(9999, change)).rejects.toMatchObject({ failure: { code: 'noTarget' } });
  const weights = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`version-${index}`, 1]));
  const { targetId: workload } = await watcher.launch();
  await expect.poll(() => watcher.versions.length, WAIT).toBeGreaterThan(0);
  await expect(watcher.change(workload, { kind: 'traffic', model: 'classify', weights })).rejects.toMatchObject({
    failure: { code: 'changeTooLong' },
  });
  for (const each of [targetId, workload])
    await watcher.link.request('target/stop', { targetId: each, signal: 'SIGKILL' });
  await watcher.link.close();
}, 60_000);
