// `npm run kernels:resources [-- --all] [ARCHITECTURE…]`: writes kernels/resources/ARCHITECTURE.json, sm_87 unless said otherwise. Compiles only
// what changed since the table was written, or everything when nvcc or its options did.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileKernels, nvccVersion } from './compile.mjs';
import { architectureOf, FLAGS, findSources, hashSource, tablePath } from './sources.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

function stop(sentence, code) {
  process.stderr.write(`kernels:resources: ${sentence}\n`);
  process.exit(code);
}

// A table that cannot be parsed is one that a merge left in two versions: it is written anew.
function parseTable(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function oldTable(architecture, version) {
  const path = join(root, tablePath(architecture));
  const table = existsSync(path) ? parseTable(readFileSync(path, 'utf8')) : undefined;
  return table?.nvccVersion === version && table.flags === FLAGS ? table : { sources: {} };
}

async function makeEntry(path, architecture, old, work) {
  const hash = hashSource(root, path);
  if (old?.hash === hash) return { entry: old, isNew: false };
  const target = architectureOf(root, path, architecture);
  const kernels = target ? await compileKernels(root, path, target, work) : [];
  return { entry: { hash, kernels }, isNew: true };
}

async function writeTable(architecture, version, isAll, work) {
  const paths = findSources(root);
  const old = isAll ? { sources: {} } : oldTable(architecture, version);
  const made = new Map();
  const waiting = [...paths];
  const compileWaiting = async () => {
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      made.set(path, await makeEntry(path, architecture, old.sources[path], work));
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), paths.length) }, compileWaiting));
  const sources = Object.fromEntries(paths.map((path) => [path, made.get(path).entry]));
  const table = { writtenBy: 'npm run kernels:resources', architecture, nvccVersion: version, flags: FLAGS, sources };
  writeFileSync(join(root, tablePath(architecture)), `${JSON.stringify(table, undefined, 2)}\n`);
  const compiledCount = [...made.values()].filter(({ isNew }) => isNew).length;
  const kernelCount = Object.values(sources).reduce((sum, { kernels }) => sum + kernels.length, 0);
  process.stdout.write(`${tablePath(architecture)}: ${kernelCount} kernels, ${compiledCount} sources compiled\n`);
}

const isAll = process.argv.includes('--all');
const architectures = process.argv.slice(2).filter((word) => word !== '--all');
const unknown = architectures.find((word) => !/^sm_\d+$/.test(word));
const USAGE = 'Usage: npm run kernels:resources [-- --all] [sm_87 …]';
if (unknown !== undefined) stop(`${unknown} is no architecture. ${USAGE}`, 2);
const version = nvccVersion();
if (!version) stop('nvcc is missing. Install the CUDA toolkit, or set PATH to its bin folder.', 1);
const work = mkdtempSync(join(tmpdir(), 'hka-resources-'));
try {
  for (const architecture of architectures.length > 0 ? architectures : ['sm_87']) {
    await writeTable(architecture, version, isAll, work);
  }
} catch (error) {
  process.stderr.write(`kernels:resources: ${error.message}\n`);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}
