// `npm run gpu:pack [FOLDER]`: one folder that runs the GPU tests on any Linux machine with a CUDA driver, without Node or npm there.
// It holds a Node binary (compressed), the programs, the native parts, the test programs, and sshd where this machine has one.
//   ./run.sh OUT_FOLDER     writes the figures as JSON and the recordings into OUT_FOLDER

import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const kit = process.argv[2] ?? join(root, 'gpu-kit');
if (kit.startsWith('-')) {
  process.stderr.write(`gpu:pack: ${kit} is no folder. Usage: npm run gpu:pack [FOLDER]\n`);
  process.exit(2);
}
const SSHD = '/usr/sbin/sshd';

function run(command, args, options = {}) {
  const done = spawnSync(command, args, { stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 2 ** 28, ...options });
  if (done.error || done.status !== 0) {
    process.stderr.write(`gpu:pack: ${command} failed${done.error ? `: ${done.error.message}` : ''}.\n`);
    process.exit(1);
  }
  return done.stdout;
}

/** Copies an npm package and what it needs, without sources of native parts and tests. */
function copyPackage(name, seen = new Set()) {
  const from = join(root, 'node_modules', name);
  if (seen.has(name) || !existsSync(from)) return;
  seen.add(name);
  cpSync(from, join(kit, 'node_modules', name), {
    recursive: true,
    filter: (path) => !/\/(test|deps|docs|examples|install\.js)$/.test(path.slice(from.length)),
  });
  const { dependencies = {} } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
  for (const dependency of Object.keys(dependencies)) copyPackage(dependency, seen);
}

/** sshd with the libraries that another distribution may lack; glibc stays the machine's own. */
function copySshd() {
  const folder = join(kit, 'sshd');
  mkdirSync(folder, { recursive: true });
  copyFileSync(SSHD, join(folder, 'sshd'));
  const lines = run('ldd', [SSHD]).toString().split('\n');
  for (const line of lines) {
    const path = /=> (\/\S+)/.exec(line)?.[1];
    if (path && !/\/(libc|libm|libdl|libpthread|libresolv|ld-linux)[-.]/.test(path))
      copyFileSync(path, join(folder, basename(path)));
  }
}

rmSync(kit, { recursive: true, force: true });
mkdirSync(join(kit, 'out'), { recursive: true });
cpSync(join(root, 'out', 'node'), join(kit, 'out', 'node'), { recursive: true });
mkdirSync(join(kit, 'out', 'native', 'lib'), { recursive: true });
copyFileSync(join(root, 'out/native/lib/libhookcollector.so'), join(kit, 'out/native/lib/libhookcollector.so'));
mkdirSync(join(kit, 'out', 'native', 'Release'), { recursive: true });
for (const folder of ['Release', 'lib']) {
  const addon = join(root, 'out/native', folder, 'hookanalyzer.node');
  if (existsSync(addon)) copyFileSync(addon, join(kit, 'out/native/Release/hookanalyzer.node'));
}
cpSync(join(root, 'test', 'gpu', 'programs'), join(kit, 'programs'), { recursive: true });
// Parts of native/ from which some programs are built.
for (const place of [
  'native/addon/cuda/compiler',
  'native/addon/cuda/counters',
  'native/addon/cuda/primary_context.cc',
  'native/addon/cuda/primary_context.h',
  'native/addon/demangle.cc',
  'native/addon/demangle.h',
  'native/collector',
  'native/toolkit',
  'native/wire',
  'kernels/common',
])
  cpSync(join(root, place), join(kit, 'sources', place), { recursive: true });
// What the runner knows of its kernels, by architecture.
cpSync(join(root, 'kernels', 'resources'), join(kit, 'kernels', 'resources'), { recursive: true });
copyPackage('ssh2');
if (existsSync(SSHD)) copySshd();
const commit = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: root }).stdout?.toString().trim() ?? 'unknown';
writeFileSync(join(kit, 'commit.txt'), commit);
const script = join(kit, 'run.sh');
copyFileSync(join(root, 'test', 'gpu', 'run.sh'), script);
chmodSync(script, 0o755);
run('sh', ['-c', `xz -T0 -6 -c "$1" > "$2"`, 'sh', process.execPath, join(kit, 'node.xz')]);
process.stdout.write(run('du', ['-sh', kit]));
