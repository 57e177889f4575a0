// From a fresh clone to a running command: installs the npm packages, builds the native parts and the programs when that was not
// done or is out of date, then runs what was asked. Plain JavaScript on Node alone, because it runs before anything is installed.
//   node app/cli/bootstrap.mjs start|demo|test|bench|native|generate|resources|package|gpu-pack [arguments]

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const NODE_MIN = [20, 19];

function stop(sentence, remedy) {
  process.stderr.write(`hookanalyzer: ${sentence} ${remedy}\n`);
  process.exit(1);
}

function say(sentence) {
  process.stderr.write(`hookanalyzer: ${sentence}\n`);
}

/** Runs a command in the repository with this terminal; stops here when it fails. */
function run(command, args, { quiet = false, sentence = '', remedy = '', env = {} } = {}) {
  const done = spawnSync(command, args, {
    cwd: root,
    stdio: quiet ? ['inherit', 'pipe', 'pipe'] : 'inherit',
    env: { ...process.env, ...env },
    maxBuffer: 256 * 1024 * 1024,
  });
  if (done.status === 0) return;
  if (quiet) process.stderr.write(`${done.stdout ?? ''}${done.stderr ?? ''}`);
  if (done.signal) process.exit(130);
  if (sentence) stop(sentence, remedy);
  process.exit(done.status ?? 1);
}

// Folders that no program is built from.
const NO_SOURCES = new Set(['node_modules', 'resources', 'results']);

function filesBelow(path) {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  if (statSync(full).isFile()) return [path];
  return readdirSync(full, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (NO_SOURCES.has(entry.name) ? [] : filesBelow(join(path, entry.name))));
}

function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths.flatMap(filesBelow)) hash.update(relative('.', path)).update(readFileSync(join(root, path)));
  return hash.digest('hex');
}

/** Runs `make` unless the stamp says that these inputs were made already. */
function once(stampPath, inputs, make) {
  const stamp = join(root, stampPath);
  const hash = hashOf(inputs);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  make();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, hash);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < NODE_MIN[0] || (major === NODE_MIN[0] && minor < NODE_MIN[1])) {
    stop(`Node ${process.versions.node} is too old.`, `Install Node ${NODE_MIN.join('.')} or later.`);
  }
}

function hasCommand(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}

function checkCompiler() {
  const wanted = [
    { commands: ['c++', 'g++', 'clang++'], what: 'A C++ compiler', debian: 'g++' },
    { commands: ['cmake'], what: 'CMake', debian: 'cmake' },
    { commands: ['ninja', 'make'], what: 'Ninja or make', debian: 'make' },
  ];
  const missing = wanted.filter(({ commands }) => !commands.some(hasCommand));
  if (missing.length === 0) return;
  const what = missing.map((each) => each.what).join(' and ');
  stop(
    `${what} ${missing.length > 1 ? 'are' : 'is'} missing; the collector and the CPU device are built from source.`,
    `On Debian, Ubuntu and JetPack: sudo apt-get install ${missing.map((each) => each.debian).join(' ')}`,
  );
}

function ensurePackages() {
  once('node_modules/.hookanalyzer-stamp', ['package-lock.json'], () => {
    say('installing npm packages (about half a minute)');
    run(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      sentence: 'npm could not install the packages.',
      remedy: 'Its message is above; check the network or the npm registry setting, then run the command again.',
    });
  });
}

function ensureNative() {
  once('out/native/.hookanalyzer-stamp', ['native', 'kernels', 'package-lock.json'], () => {
    checkCompiler();
    say('building the native parts (about a minute)');
    const cmakeJs = join('node_modules', 'cmake-js', 'bin', 'cmake-js');
    run(process.execPath, [cmakeJs, 'compile', '-d', 'native', '-O', join(root, 'out', 'native')], {
      quiet: true,
      sentence: 'The native parts could not be built.',
      remedy: 'The compiler’s message is above.',
    });
  });
}

function ensurePrograms() {
  const sources = ['shared', 'probe', 'app', 'test/bench', 'test/gpu', 'test/integration'];
  const inputs = [...sources, 'electron.vite.config.ts', 'package-lock.json'];
  once('out/node/.hookanalyzer-stamp', inputs, () => {
    say('building the programs');
    const electronVite = join('node_modules', 'electron-vite', 'bin', 'electron-vite.js');
    run(process.execPath, [electronVite, 'build'], {
      quiet: true,
      // electron-vite takes the syntax level from Electron's version: the oldest runtime that the app is tested on.
      env: { ELECTRON_MAJOR_VER: '25' },
      sentence: 'The programs could not be built.',
      remedy: 'The message is above.',
    });
  });
}

function ensureAll() {
  checkNode();
  ensurePackages();
  ensureNative();
  ensurePrograms();
}

const vitest = (...args) => run(process.execPath, [join('node_modules', 'vitest', 'vitest.mjs'), 'run', ...args]);
const cli = (...args) => run(process.execPath, [join('out', 'node', 'cli.js'), ...args]);

const verbs = {
  demo: (args) => {
    ensureAll();
    cli('demo', ...args);
  },
  start: (args) => {
    ensureAll();
    cli('open', ...args);
  },
  test: (args) => {
    ensureAll();
    run(process.execPath, [join('node_modules', 'typescript', 'bin', 'tsc'), '--noEmit', '-p', '.']);
    run(process.execPath, [join('node_modules', '@biomejs', 'biome', 'bin', 'biome'), 'check', '.']);
    vitest(...args);
  },
  bench: (args) => {
    ensureAll();
    run(process.execPath, [join('out', 'node', 'bench.js'), ...args]);
  },
  native: () => {
    checkNode();
    ensurePackages();
    ensureNative();
  },
  programs: () => {
    ensureAll();
  },
  generate: () => {
    checkNode();
    ensurePackages();
    vitest('--project', 'unit', 'test/unit/wire/layout-header.test.ts', 'test/unit/kernels/figures.test.ts', '-u');
  },
  resources: (args) => {
    checkNode();
    run(process.execPath, [join('kernels', 'resources', 'main.mjs'), ...args]);
  },
  package: (args) => {
    ensureAll();
    run(process.execPath, [join('app', 'cli', 'package-app.mjs'), ...args]);
  },
  'gpu-pack': (args) => {
    ensureAll();
    run(process.execPath, [join('test', 'gpu', 'pack.mjs'), ...args]);
  },
};

const [verb, ...args] = process.argv.slice(2);
if (!Object.hasOwn(verbs, verb ?? '')) {
  process.stderr.write(`Usage: node app/cli/bootstrap.mjs ${Object.keys(verbs).join('|')} [arguments]\n`);
  process.exit(2);
}
verbs[verb](args);
