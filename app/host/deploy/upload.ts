// Brings a parcel to the board: packed here, unpacked there while it arrives, into a folder beside the right one, and renamed when every
// byte was checked. What a broken attempt left behind is removed by the next.

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { PROBE_HOME } from '../../../shared/rpc/places';
import { formatBytes } from '../../../shared/units/format';
import { MIB } from '../../../shared/units/units';
import { FailureError, failure } from '../../../shared/util/failure';
import { lostFailure } from '../link/link-failure';
import { MANIFEST_NAME, type Parcel } from './parcel';
import type { Deployment, Step } from './progress';
import { clauseOf } from './remote-command';
import { quoteWord } from './remote-shell';
import { tarBytes } from './tar';

/** Folders of ~/.hookanalyzer that parcels live in. */
export type Shelf = 'versions' | 'node';

export interface Placed {
  /** The parcel's folder there, absolute. */
  readonly folder: string;
  readonly wasThere: boolean;
}

/** Left free on the board's disk beside the parcel: for what is built there and for the ring's first segments. */
const SPARE_BYTES = 64 * MIB;
/** The fastest level: on a cable to a board more compression takes longer than it saves. */
const GZIP_LEVEL = 1;

// For boards without sha256sum: the same check by a Node that is there. Words: folder, hash of the manifest.
const NODE_CHECK = `
const { createHash } = require('crypto'), { readFileSync } = require('fs');
const [folder, wanted] = process.argv.slice(1);
const hash = (bytes) => createHash('sha256').update(bytes).digest('hex');
const manifest = readFileSync(folder + '/${MANIFEST_NAME}');
const isGood = (line) => hash(readFileSync(folder + '/' + line.slice(66))) === line.slice(0, 64);
process.exit(hash(manifest) === wanted && String(manifest).trim().split('\\n').every(isGood) ? 0 : 1);
`;

/** A script that ends with 0 when the folder holds exactly what the hash of its manifest says. */
function checkScript(folder: string, hash: string, nodePath: string | undefined): string {
  if (nodePath) {
    return `${quoteWord(nodePath)} -e ${quoteWord(NODE_CHECK)} ${quoteWord(folder)} ${hash} 2>/dev/null`;
  }
  return `cd ${quoteWord(folder)} 2>/dev/null || exit 1
case "$(sha256sum <${MANIFEST_NAME} 2>/dev/null)" in ${hash}*) ;; *) exit 1 ;; esac
sha256sum -c ${MANIFEST_NAME} >/dev/null 2>&1`;
}

function diskFull(label: string, sentence: string): FailureError {
  return failure('boardDiskFull', sentence, `Free some space in the home folder on ${label}, then connect again.`);
}

async function checkSpace({ shell, signal }: Deployment, bytes: number): Promise<void> {
  const { stdout } = await shell.run('df -Pk "$HOME" | tail -n 1', { signal });
  const freeKib = Number(/\s(\d+)\s+\d+%\s/.exec(stdout)?.[1] ?? Number.NaN);
  const neededBytes = bytes + SPARE_BYTES;
  if (Number.isNaN(freeKib) || freeKib * 1024 >= neededBytes) return; // without df the disk itself has the last word
  throw diskFull(
    shell.label,
    `The disk of ${shell.label} has ${formatBytes(freeKib * 1024)} free in the home folder; the probe needs ${formatBytes(neededBytes)}.`,
  );
}

function unpackFailure(label: string, said: string): FailureError {
  const clause = clauseOf(said);
  if (/no space left|quota exceeded/i.test(said)) {
    return diskFull(label, `The disk of ${label} became full while the probe was uploaded: ${clause}.`);
  }
  return failure(
    'uploadDamaged',
    `The upload could not be unpacked on ${label}${clause ? `: ${clause}` : ''}.`,
    'Connect again; if it happens each time, check the disk and the cable of the board.',
  );
}

/** Sends the parcel into `staging`, which exists and is named from the home folder. */
async function send(deployment: Deployment, parcel: Parcel, staging: string, step: Step): Promise<void> {
  const { shell, board, signal, onProgress } = deployment;
  const isPacked = board.tools.has('gzip');
  let sentBytes = 0;
  const tar = Readable.from(
    tarBytes(parcel.entries, (count) => {
      sentBytes += count;
      onProgress(step, { doneRatio: sentBytes / parcel.bytes });
    }),
  );
  const gzip = createGzip({ level: GZIP_LEVEL });
  const stream = isPacked ? pipeline(tar, gzip, () => {}) : tar; // its error comes out of the loop below
  // Single quotes around nothing that any login shell would take for its own.
  const command = `/bin/sh -c 'cd "$HOME/${staging}" && ${isPacked ? 'gzip -dc | ' : ''}tar -xof -'`;
  const unpacking = await shell.start(command);
  const { channel, ended } = unpacking;
  const release = unpacking.stopWhen(signal);
  try {
    for await (const chunk of stream) {
      if (unpacking.isOver || signal?.aborted) break;
      if (!channel.write(chunk)) await Promise.race([once(channel, 'drain').catch(() => {}), ended]);
    }
    if (!unpacking.isOver) channel.end();
    const { exitCode, stderr, stopped } = await ended;
    if (stopped) throw stopped;
    if (exitCode === undefined) throw lostFailure(shell.label);
    if (exitCode !== 0) throw unpackFailure(shell.label, stderr);
  } finally {
    release();
    if (!unpacking.isOver) channel.close();
  }
}

/**
 * Makes sure that the parcel lies on its shelf, whole; uploads it when it does not. Call it under the installation lock. Throws
 * FailureError `boardDiskFull`, `uploadDamaged`, `linkLost` or `cancelled`.
 */
export async function placeParcel(
  deployment: Deployment,
  parcel: Parcel,
  where: { readonly shelf: Shelf; readonly step: Step; readonly nodePath: string | undefined },
): Promise<Placed> {
  const { shell, board, signal } = deployment;
  const shelf = `${PROBE_HOME}/${where.shelf}`;
  const folder = `${board.home}/${shelf}/${parcel.name}`;
  const nodePath = board.tools.has('sha256sum') ? undefined : where.nodePath;
  const isWhole = async (path: string, checkingNode = nodePath) =>
    (await shell.run(checkScript(path, parcel.hash, checkingNode), { signal })).exitCode === 0;
  if (await isWhole(folder)) return { folder, wasThere: true };
  await checkSpace(deployment, parcel.bytes);
  const staging = `${shelf}/.staging-${randomBytes(8).toString('hex')}`;
  // Under the lock nobody else is staging, so whatever is there was left behind; so is a folder that failed its check.
  const prepared = await shell.run(
    `cd "$HOME/${shelf}" && rm -rf .staging-* ${quoteWord(folder)} && mkdir -m 700 "$HOME/${staging}"`,
    { signal },
  );
  if (prepared.exitCode !== 0) throw unpackFailure(shell.label, prepared.stderr);
  try {
    await send(deployment, parcel, staging, where.step);
    const staged = `${board.home}/${staging}`;
    const ownNode = board.tools.has('sha256sum') ? undefined : (nodePath ?? `${staged}/bin/node`);
    if (!(await isWhole(staged, ownNode))) {
      throw unpackFailure(shell.label, 'the files there are not the ones that were sent');
    }
    const moved = await shell.run(`mv "$HOME/${staging}" ${quoteWord(folder)}`, { signal });
    if (moved.exitCode !== 0) throw unpackFailure(shell.label, moved.stderr);
  } catch (error) {
    await shell.run(`rm -rf "$HOME/${staging}"`).catch(() => undefined); // the next attempt removes what this one cannot
    if (error instanceof FailureError) throw error;
    throw failure('uploadFailed', `The upload stopped: ${clauseOf((error as Error).message)}.`, 'Connect again.');
  }
  return { folder, wasThere: false };
}
