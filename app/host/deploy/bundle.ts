// What a board gets of this installation: the probe and the runner, the sources of the native parts, and what is already built for boards
// of its architecture. The folders lie as in the repository, so that the programs find each other by the same rules.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { failure } from '../../../shared/util/failure';
import type { Installation } from '../installation';
import type { Arch } from './board';
import { makeParcel, type Parcel, type SourceFile } from './parcel';

export interface Bundle extends Parcel {
  /** Paths of all files in it. */
  readonly paths: readonly string[];
}

export const COLLECTOR_FILE = 'libhookcollector.so';
export const ADDON_FILE = 'hookanalyzer.node';
/** Where the parts lie that were built on another machine and may not run on the board. */
export const PREBUILT_FOLDER = 'prebuilt/lib';
/** Headers of Node-API, for the addon. */
export const HEADERS_FOLDER = 'headers';

const PACKAGE_TEXT = '{ "type": "commonjs" }\n'; // a package.json in the home folder there must not say otherwise

/** The chunks that a built program needs, and those that they need. */
function chunksOf(programPath: string): string[] {
  const folder = path.dirname(programPath);
  const found = new Set<string>();
  const visit = (file: string) => {
    const text = readFileSync(file, 'utf8');
    for (const [, name] of text.matchAll(/require\(["'](\.{1,2}\/[^"']+\.js)["']\)/g)) {
      const chunk = path.resolve(path.dirname(file), name);
      if (found.has(chunk)) continue;
      found.add(chunk);
      visit(chunk);
    }
  };
  visit(programPath);
  return [...found].map((chunk) => path.relative(folder, chunk));
}

/** Threads that the runner starts. The packages with native code that they load are not in the bundle. */
const THREAD_FILES = ['onnxruntime-thread.js'];

function programFiles({ probePath, runnerPath }: Installation): SourceFile[] {
  const files = new Map<string, string>();
  const threads = THREAD_FILES.map((name) => path.join(path.dirname(runnerPath), name));
  for (const program of [probePath, runnerPath, ...threads.filter((thread) => existsSync(thread))]) {
    if (!existsSync(program)) {
      throw failure('notBuilt', `The program ${program} is missing.`, 'Build the programs with: npm run build');
    }
    files.set(path.basename(program), program);
    for (const chunk of chunksOf(program)) files.set(chunk, path.join(path.dirname(program), chunk));
  }
  return [...files].map(([name, source]) => ({ path: `out/node/${name.split(path.sep).join('/')}`, source }));
}

const IS_SOURCE = /\.(?:cc|h|cu|cuh|map)$/;

function filesBelow(folder: string, prefix: string, isWanted: RegExp): SourceFile[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const [source, name] = [path.join(folder, entry.name), `${prefix}/${entry.name}`];
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesBelow(source, name, isWanted);
    return isWanted.test(entry.name) ? [{ path: name, source }] : [];
  });
}

function headerFiles(root: string): SourceFile[] {
  const folders = ['node-addon-api', 'node-api-headers/include'].map((name) => path.join(root, 'node_modules', name));
  return folders.flatMap((folder) =>
    (existsSync(folder) ? readdirSync(folder) : [])
      .filter((name) => name.endsWith('.h'))
      .map((name) => ({ path: `${HEADERS_FOLDER}/${name}`, source: path.join(folder, name) })),
  );
}

/** The folder with what an installation holds for boards of an architecture. */
export function boardFolder({ root }: Pick<Installation, 'root'>, arch: Arch): string {
  return path.join(root, 'out', 'board', `linux-${arch}`);
}

function prebuiltFiles(installation: Installation, arch: Arch): SourceFile[] {
  const isOwn = process.platform === 'linux' && process.arch === arch;
  const folder = path.join(boardFolder(installation, arch), 'native', 'lib');
  const parts = [
    [COLLECTOR_FILE, isOwn ? installation.collectorPath : path.join(folder, COLLECTOR_FILE)],
    [ADDON_FILE, isOwn ? installation.addonPath : path.join(folder, ADDON_FILE)],
  ] as const;
  return parts.flatMap(([name, source]) =>
    source && existsSync(source) ? [{ path: `${PREBUILT_FOLDER}/${name}`, source, mode: 0o755 }] : [],
  );
}

function versionOf({ root }: Installation): string {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
  return version;
}

/** The bundle for boards of an architecture. Throws FailureError `notBuilt` when the programs are missing. */
export async function makeBundle(installation: Installation, arch: Arch): Promise<Bundle> {
  const files: SourceFile[] = [
    { path: 'package.json', source: Buffer.from(PACKAGE_TEXT) },
    ...programFiles(installation),
    ...filesBelow(path.join(installation.root, 'native'), 'native', IS_SOURCE),
    ...filesBelow(path.join(installation.root, 'kernels'), 'kernels', IS_SOURCE),
    ...filesBelow(path.join(installation.root, 'kernels', 'resources'), 'kernels/resources', /\.json$/),
    ...headerFiles(installation.root),
    ...prebuiltFiles(installation, arch),
  ];
  const parcel = await makeParcel(versionOf(installation), files);
  return { ...parcel, paths: files.map((file) => file.path) };
}
