// `npm run package [FOLDER]`: one folder that runs the window without npm, with the runtime that is at hand. Plain JavaScript, as bootstrap.mjs.

import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** What the programs in out/node do not have inside: packages with native parts. */
const RUNTIME_PACKAGES = ['ssh2', '@duckdb/node-api', 'onnxruntime-node'];

/** Libraries of other machines, which some packages bring along: .../bin/napi-v6/PLATFORM/ARCH. */
function isOfAnotherMachine(path) {
  const [, platform, arch] = /[\\/]napi-v\d+[\\/](\w+)(?:[\\/](\w+))?/.exec(path) ?? [];
  return (platform && platform !== process.platform) || (arch && arch !== process.arch);
}

/**
 * The switches that are burnt into the binary. The probe of this machine and the built-in workload run in the same binary as plain Node,
 * so that one stays on; what would let somebody else's environment or arguments run code in the window is off.
 */
export const FUSES = {
  version: FuseVersion.V1,
  [FuseV1Options.RunAsNode]: true,
  [FuseV1Options.EnableCookieEncryption]: true,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
};

function copyPackage(name, to, seen = new Set()) {
  const from = join(root, 'node_modules', name);
  if (seen.has(name) || !existsSync(from)) return;
  seen.add(name);
  cpSync(from, join(to, name), { recursive: true, filter: (path) => !isOfAnotherMachine(path) });
  const { dependencies = {}, optionalDependencies = {} } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
  for (const each of Object.keys({ ...dependencies, ...optionalDependencies })) copyPackage(each, to, seen);
}

/** Makes the folder anew from the runtime in `runtimeFolder`. Gives the path of the program. */
export async function packageApp(runtimeFolder, folder) {
  rmSync(folder, { recursive: true, force: true });
  cpSync(runtimeFolder, folder, { recursive: true });
  rmSync(join(folder, 'resources', 'default_app.asar'), { force: true });
  const app = join(folder, 'resources', 'app');
  rmSync(app, { recursive: true, force: true });
  mkdirSync(app, { recursive: true });
  const { name, version, license, main } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  writeFileSync(
    join(app, 'package.json'),
    JSON.stringify({ name, productName: 'HookAnalyzer', version, license, main }),
  );
  for (const each of ['node', 'preload', 'renderer', 'native']) {
    cpSync(join(root, 'out', each), join(app, 'out', each), { recursive: true });
  }
  // The sources of the native parts: a board builds its own collector.
  for (const each of ['native', 'kernels', 'samples', 'LICENSE']) {
    cpSync(join(root, each), join(app, each), { recursive: true });
  }
  for (const each of RUNTIME_PACKAGES) copyPackage(each, join(app, 'node_modules'));
  const binary = join(folder, 'hookanalyzer');
  renameSync(join(folder, 'electron'), binary);
  await flipFuses(binary, FUSES);
  return binary;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const folder = process.argv[2] ?? join(root, 'out', 'package', `HookAnalyzer-${process.platform}-${process.arch}`);
  const runtimes = [process.env.ELECTRON_OVERRIDE_DIST_PATH, 'node_modules/electron/dist', 'out/electron'];
  const runtime = runtimes
    .map((each) => each && join(root, each))
    .find((each) => each && existsSync(join(each, 'electron')));
  if (folder.startsWith('-') || process.platform !== 'linux' || !runtime) {
    const why = folder.startsWith('-')
      ? `${folder} is no folder`
      : runtime
        ? 'this packs on Linux only'
        : 'there is no Electron runtime';
    process.stderr.write(`package: ${why}. Usage, after npm start has fetched a runtime: npm run package [FOLDER]\n`);
    process.exit(2);
  }
  process.stdout.write(`${await packageApp(runtime, folder)}\n`);
}
