// Which CUDA sources there are, what each is made of, and whether a committed table still describes them.

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** As the build compiles the kernels (native/addon/CMakeLists.txt, Release): other options allocate other registers. */
export const FLAGS = '-std=c++17 -O3 -DNDEBUG';

/** Every .cu below kernels/, from the root, sorted. */
export function findSources(root, folder = 'kernels') {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = posix.join(folder, entry.name);
      if (entry.isDirectory()) return findSources(root, path);
      return entry.name.endsWith('.cu') ? [path] : [];
    })
    .sort();
}

// Windows may check out other line ends.
const textOf = (root, path) => readFileSync(join(root, path), 'utf8').replaceAll('\r\n', '\n');

/** `path` and all that it includes in quotes and that is ours, sorted. */
function closureOf(root, path, seen = new Set()) {
  if (seen.has(path)) return seen;
  seen.add(path);
  for (const [, name] of textOf(root, path).matchAll(/^\s*#\s*include\s+"([^"]+)"/gm)) {
    const found = [posix.join(posix.dirname(path), name), posix.normalize(name)].find(
      (each) => !each.startsWith('..') && existsSync(join(root, each)),
    );
    if (found) closureOf(root, found, seen);
  }
  return seen;
}

/** Changes when the source, a header of ours that it includes, or the compiler's options do. */
export function hashSource(root, path) {
  const hash = createHash('sha256').update(FLAGS);
  for (const each of [...closureOf(root, path)].sort()) hash.update(`\n${each}\n`).update(textOf(root, each));
  return hash.digest('hex').slice(0, 16);
}

/**
 * The architecture to compile `path` for when a table of `architecture` is wanted, or undefined when the source is not for it. A source
 * for some only says so in a line: `// Architectures: sm_90a`. sm_90a is sm_90 with the instructions that no later chip has.
 */
export function architectureOf(root, path, architecture) {
  const named = /^\/\/ Architectures: (.+)$/m.exec(textOf(root, path))?.[1].match(/sm_\w+/g);
  return named ? named.find((each) => each.replace(/[af]$/, '') === architecture) : architecture;
}

/** Sources that `table` (a parsed sm_NN.json) does not describe as they are, and entries whose source is gone. */
export function findStale(root, table) {
  const paths = findSources(root);
  const changed = paths.filter((path) => table.sources[path]?.hash !== hashSource(root, path));
  return [...changed, ...Object.keys(table.sources).filter((path) => !paths.includes(path))];
}

/** Where the table of an architecture lies, from the root. */
export const tablePath = (architecture) => `kernels/resources/${architecture}.json`;
