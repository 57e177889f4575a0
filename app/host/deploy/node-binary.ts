// The Node that runs the probe on the board: one that is there, this program's own where it fits, or one from the npm registry.

import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PROBE_HOME } from '../../../shared/rpc/places';
import { failure } from '../../../shared/util/failure';
import type { Installation } from '../installation';
import { cancelledFailure } from '../link/link-failure';
import { type Arch, archOf, type Board } from './board';
import { boardFolder } from './bundle';
import { MANIFEST_NAME, makeParcel } from './parcel';
import type { Deployment } from './progress';
import { clauseOf } from './remote-command';
import { quoteWord } from './remote-shell';
import { placeParcel } from './upload';

/** What the programs are built for. */
const NODE_MIN = [18, 15] as const;
const FETCHED_VERSION = '20.20.2';

/** Whether a version such as v20.20.2 runs the probe. */
export function isNodeNewEnough(version: string): boolean {
  const [, major, minor] = /^v?(\d+)\.(\d+)\./.exec(version.trim())?.map(Number) ?? [];
  if (major === undefined || minor === undefined) return false;
  return major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1]);
}

/** The board's own Node when it will do. One of a snap may not read hidden folders, where the probe lies. */
export function nodeOf(board: Board): string | undefined {
  const { node } = board;
  return node && isNodeNewEnough(node.version) && !node.path.startsWith('/snap/') ? node.path : undefined;
}

function runHere(command: string, args: readonly string[], cwd: string, signal: AbortSignal | undefined) {
  return new Promise<void>((resolve, reject) => {
    const shell = command.endsWith('.cmd'); // Windows starts those through its shell only
    const child = spawn(command, [...args], { cwd, stdio: ['ignore', 'ignore', 'pipe'], signal, shell });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-4096);
    });
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(stderr.trim() || `exit code ${code}`))));
  });
}

/** Where the installation keeps the Node binary for boards of an architecture. */
function keptNode(installation: Pick<Installation, 'root'>, arch: Arch): string {
  return path.join(boardFolder(installation, arch), 'node', 'bin', 'node');
}

/**
 * Gets the Node binary for an architecture with this machine's npm, which checks it, and keeps it with the installation. Returns its path.
 * Throws FailureError `noNode`.
 */
export async function fetchNode(
  arch: Arch,
  installation: Pick<Installation, 'root'>,
  signal?: AbortSignal,
): Promise<string> {
  const kept = keptNode(installation, arch);
  if (existsSync(kept)) return kept;
  const folder = mkdtempSync(path.join(tmpdir(), 'hookanalyzer-node-'));
  const name = `node-linux-${arch}@${FETCHED_VERSION}`;
  const target = path.dirname(path.dirname(kept));
  const unpacked = `${target}.${process.pid}`;
  try {
    await runHere(process.platform === 'win32' ? 'npm.cmd' : 'npm', ['pack', name, '--silent'], folder, signal);
    const archive = readdirSync(folder).find((file) => file.endsWith('.tgz'));
    if (!archive) throw new Error('npm pack made no file');
    mkdirSync(unpacked, { recursive: true });
    await runHere('tar', ['-xzf', archive, '-C', unpacked, '--strip-components=1', 'package/bin/node'], folder, signal);
    chmodSync(path.join(unpacked, 'bin', 'node'), 0o755);
    rmSync(target, { recursive: true, force: true });
    renameSync(unpacked, target);
    return kept;
  } catch (error) {
    if (signal?.aborted) throw cancelledFailure();
    throw failure(
      'noNode',
      `The board needs Node ${NODE_MIN.join('.')} or later, and ${name} could not be fetched (${clauseOf((error as Error).message)}).`,
      'Install Node on the board, or run this once where npm reaches a registry.',
    );
  } finally {
    for (const left of [folder, unpacked]) rmSync(left, { recursive: true, force: true });
  }
}

interface Candidate {
  readonly label: string;
  readonly find: () => Promise<string>;
}

function candidatesFor(deployment: Deployment, installation: Installation, arch: Arch): Candidate[] {
  const { onProgress, signal } = deployment;
  const isOwn = process.platform === 'linux' && process.arch === arch && process.versions.electron === undefined;
  const own = { label: process.version.slice(1), find: async () => process.execPath };
  const fetched = {
    label: FETCHED_VERSION,
    find: () => {
      if (!existsSync(keptNode(installation, arch))) {
        onProgress('fetchNode', { text: `Fetching Node ${FETCHED_VERSION} for linux-${arch} with npm.` });
      }
      return fetchNode(arch, installation, signal);
    },
  };
  return isOwn ? [own, fetched] : [fetched];
}

/** One that an earlier connection uploaded, whatever its version: it is whole, and it runs. */
async function uploadedNode({ shell, signal }: Deployment): Promise<string | undefined> {
  const { stdout } = await shell.run(
    `for folder in "$HOME/${PROBE_HOME}/node"/*/; do
  cd "$folder" 2>/dev/null && sha256sum -c ${MANIFEST_NAME} >/dev/null 2>&1 || continue
  printf '%s=%s\\n' "$(bin/node --version 2>/dev/null)" "\${folder}bin/node"
done`,
    { signal },
  );
  const found = stdout.split('\n').find((line) => isNodeNewEnough(line));
  return found?.slice(found.indexOf('=') + 1);
}

/**
 * The path of a Node on the board that runs, which is uploaded when there is none. Throws FailureError `noNode`, `nodeNotRunning`, or what an
 * upload throws.
 */
export async function placeNode(deployment: Deployment, installation: Installation): Promise<string> {
  const { shell, board, signal } = deployment;
  const present = nodeOf(board) ?? (await uploadedNode(deployment));
  if (present) return present;
  const arch = archOf(board, shell.label);
  let said = '';
  for (const { label, find } of candidatesFor(deployment, installation, arch)) {
    const parcel = await makeParcel(`${label}-linux-${arch}`, [
      { path: 'bin/node', source: await find(), mode: 0o755 },
    ]);
    const { folder } = await placeParcel(deployment, parcel, {
      shelf: 'node',
      step: 'uploadNode',
      nodePath: undefined,
    });
    const nodePath = `${folder}/bin/node`;
    const run = await shell.run(`${quoteWord(nodePath)} --version`, { signal });
    if (run.exitCode === 0 && isNodeNewEnough(run.stdout)) return nodePath;
    said = clauseOf(run.stderr);
    await shell.run(`rm -rf ${quoteWord(folder)}`, { signal }); // or it would be uploaded in vain again and looked at first
  }
  throw failure(
    'nodeNotRunning',
    `The Node that was uploaded does not run on ${shell.label}${said ? `: ${said}` : ''}.`,
    `Install Node ${NODE_MIN.join('.')} or later there so that \`node\` is found, then connect again.`,
  );
}
