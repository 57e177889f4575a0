// One CUDA source through nvcc, and what ptxas said of its kernels.

import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { launchName, parsePtxas } from './ptxas.mjs';
import { FLAGS } from './sources.mjs';

/** The release of nvcc, such as `13.0.88`; undefined where there is none. */
export function nvccVersion() {
  const said = spawnSync('nvcc', ['--version']).stdout?.toString() ?? '';
  return /\bV(\d+\.\d+\.\d+)/.exec(said)?.[1];
}

/** Names as a person reads them, in order; c++filt comes with the compiler that nvcc needs. */
function demangle(names) {
  const done = spawnSync('c++filt', [], { input: `${names.join('\n')}\n` });
  if (done.error || done.status !== 0) throw new Error('c++filt is missing; it belongs to binutils');
  return done.stdout.toString().trimEnd().split('\n');
}

const byName = (left, right) => (left.signature < right.signature ? -1 : 1);

/** The kernels that the text of ptxas describes, by name. */
export function kernelsOf(text) {
  const parsed = parsePtxas(text);
  const signatures = parsed.length > 0 ? demangle(parsed.map(({ mangledName }) => mangledName)) : [];
  return parsed
    .map((kernel, i) => ({
      name: launchName(signatures[i]),
      signature: signatures[i],
      registersPerThread: kernel.registersPerThread,
      staticSharedBytes: kernel.staticSharedBytes,
      blockBarrierCount: kernel.blockBarrierCount,
      stackBytes: kernel.stackBytes,
      spillStoreBytes: kernel.spillStoreBytes,
      spillLoadBytes: kernel.spillLoadBytes,
      constantBytes: kernel.constantBytes,
    }))
    .sort(byName);
}

/** Compiles `path` for `architecture` into `work`; rejects with the compiler's words. */
export function compileKernels(root, path, architecture, work) {
  const target = join(work, `${path.replaceAll('/', '-')}.cubin`);
  const args = [...FLAGS.split(' '), '-I', root, '-cubin', `-arch=${architecture}`, '--resource-usage', '-o', target];
  return new Promise((resolve, reject) => {
    const child = spawn('nvcc', [...args, path], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (piece) => {
        text += piece;
      });
    }
    child.on('error', reject);
    child.on('close', (code) => {
      if (code !== 0) return reject(new Error(`nvcc could not compile ${path} for ${architecture}:\n${text}`));
      try {
        resolve(kernelsOf(text));
      } catch (error) {
        reject(error);
      }
    });
  });
}
