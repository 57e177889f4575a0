// A disk that is full or broken: the probe lives, what is on disk stays, what came after is counted, and recording goes on when
// there is space again.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { diskFileSystem, type SpoolFileSystem } from '../../probe/spool/file-system';
import { encodeRows } from '../../shared/wire/encode';
import { tables } from '../../shared/wire/tables';
import { type Kit, kernelPacket, openKit, TestCollector, TestControl, TestViewer } from './probe-kit';

const MIB = 1024 * 1024;
const ROWS = 1000;
const PACKET_BYTES = kernelPacket(ROWS, 0).length;

/** A disk with a limit that can be moved; past it every write fails as a full disk does, after taking what fits. */
class SmallDisk {
  usedBytes = 0;
  constructor(public bytesMax: number) {}

  readonly fileSystem: SpoolFileSystem = {
    ...diskFileSystem,
    freeBytes: async () => Math.max(0, this.bytesMax - this.usedBytes),
    open: async (path, mode) => {
      const file = await diskFileSystem.open(path, mode);
      return {
        ...file,
        write: async (bytes, position) => {
          if (!path.endsWith('.packets')) return file.write(bytes, position);
          const room = Math.min(bytes.length, this.bytesMax - this.usedBytes);
          if (room <= 0) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
          this.usedBytes += room;
          return file.write(bytes.subarray(0, room), position);
        },
      };
    },
  };
}

async function sendKernels(collector: TestCollector, count: number, first = 0): Promise<void> {
  for (let at = 0; at < count; at++) await collector.send(kernelPacket(ROWS, (first + at) * ROWS));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, each) => total + each, 0);
}

/** Every kernel row is either there, once, or counted as lost. Returns how many are there. */
function checkNothingSilent(bulk: TestViewer, vital: TestViewer, sentCount: number): number {
  const seen = bulk.rows('kernel').map(({ correlation }) => correlation);
  expect(new Set(seen).size).toBe(seen.length);
  const lost = vital.rows('loss').filter(({ stage }) => stage === 'spool');
  expect(seen.length + sum(lost.map(({ count }) => count))).toBe(sentCount);
  return seen.length;
}

async function runOutOfSpace(kit: Kit, makeRoom: () => void): Promise<void> {
  const vital = await TestViewer.connect(kit.socketPath, { lane: 'vital', cursor: 'now' });
  const bulk = await TestViewer.connect(kit.socketPath, { lane: 'bulk', cursor: 'now' });
  const control = await TestControl.connect(kit.socketPath);
  const collector = await TestCollector.connect(kit.socketPath);
  await sendKernels(collector, 30);
  await vital.when((viewer) => viewer.rows('diagnostic').some(({ code }) => code === 'diskFull'), 'the diagnostic');
  // The target is never held up, names are kept, kernels are counted.
  await sendKernels(collector, 100, 30);
  await collector.send(encodeRows(tables.string, [{ id: 1, text: 'kept' }]));
  await vital.when((viewer) => viewer.rows('string').length === 1, 'a name');
  await vital.when((viewer) => sum(viewer.rows('loss').map(({ count }) => count)) >= 100 * ROWS, 'the losses');
  expect((await control.request('probe/describe', {})).spool.state).toBe('diskFull');
  makeRoom();
  await vital.when(
    (viewer) => viewer.rows('diagnostic').some(({ code }) => code === 'recordingResumed'),
    'the recording to go on',
  );
  await sendKernels(collector, 3, 130);
  await collector.end();
  await bulk.until(kit.probe.spool.nextSequence);
  const seenCount = checkNothingSilent(bulk, vital, 133 * ROWS);
  expect(seenCount).toBeGreaterThan(3 * ROWS);
  expect(bulk.rows('kernel').at(-1)?.correlation).toBe(133 * ROWS - 1);
  // A later viewer reads the same from disk, and so does one after a restart.
  const sequences = bulk.sequences;
  for (const client of [vital, bulk, control]) await client.close();
  await kit.restart();
  const again = await TestViewer.connect(kit.socketPath, { lane: 'bulk', cursor: 'oldest' });
  await again.until(kit.probe.spool.nextSequence);
  expect(again.sequences).toEqual(sequences);
  await again.close();
}

test('a disk that fills up stops the recording, not the target, and recording goes on by itself', async () => {
  const disk = new SmallDisk(12 * PACKET_BYTES + 1234);
  const kit = await openKit({ ringBytes: 32 * MIB, fileSystem: disk.fileSystem });
  await runOutOfSpace(kit, () => {
    disk.bytesMax = 1e9;
  });
  await kit.close();
});

test('a probe that dies while the disk is full never gives a sequence number twice', async () => {
  const disk = new SmallDisk(5 * PACKET_BYTES);
  const kit = await openKit({ ringBytes: 32 * MIB, fileSystem: disk.fileSystem });
  const vital = await TestViewer.connect(kit.socketPath, { lane: 'vital', cursor: 'now' });
  const collector = await TestCollector.connect(kit.socketPath);
  await sendKernels(collector, 20);
  await vital.when((viewer) => viewer.rows('diagnostic').some(({ code }) => code === 'diskFull'), 'the diagnostic');
  const last = Math.max(...vital.sequences);
  await kit.restart({ fileSystem: diskFileSystem });
  const again = await TestViewer.connect(kit.socketPath, { lane: 'vital', cursor: String(last + 1) });
  await again.when((viewer) => viewer.rows('diagnostic').length > 0, 'a row of the new run');
  expect(Math.min(...again.sequences)).toBeGreaterThan(last);
  expect(again.rows('diagnostic').map(({ code }) => code)).toContain('ringTailLost');
  await again.close();
  await kit.close();
});

test('a broken disk is told apart from a full one', async () => {
  const fileSystem: SpoolFileSystem = {
    ...diskFileSystem,
    open: async (path, mode) => {
      const file = await diskFileSystem.open(path, mode);
      const broken = () => Promise.reject(Object.assign(new Error('EIO: i/o error'), { code: 'EIO' }));
      return path.includes('bulk-') ? { ...file, write: broken } : file;
    },
  };
  const kit = await openKit({ fileSystem });
  const vital = await TestViewer.connect(kit.socketPath, { lane: 'vital', cursor: 'now' });
  const collector = await TestCollector.connect(kit.socketPath);
  await sendKernels(collector, 1);
  await vital.when((viewer) => viewer.rows('diagnostic').length > 0, 'the diagnostic');
  expect(vital.rows('diagnostic')[0]).toMatchObject({ code: 'diskFailed', severity: 3 });
  expect(vital.rows('diagnostic')[0].sentence).toContain('EIO');
  await vital.close();
  await kit.close();
});

const mountFolder = mkdtempSync(join(tmpdir(), 'hka-tmpfs-'));
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', mountFolder]).status === 0;
if (!mounted) rmSync(mountFolder, { recursive: true });

test.skipIf(!mounted)('a real file system that is full: the same', async () => {
  try {
    const ballast = join(mountFolder, 'ballast');
    writeFileSync(ballast, Buffer.alloc(2 * MIB));
    const kit = await openKit({ ringBytes: 8 * MIB, spoolFolder: join(mountFolder, 'spool') });
    await runOutOfSpace(kit, () => {
      rmSync(ballast);
      execFileSync('mount', ['-o', 'remount,size=64m', mountFolder]);
    });
    await kit.close();
  } finally {
    execFileSync('umount', [mountFolder]);
    rmSync(mountFolder, { recursive: true });
  }
});
