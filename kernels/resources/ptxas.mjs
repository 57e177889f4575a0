// What `nvcc --resource-usage` prints, parsed. ptxas writes for each kernel, among other lines:
//   ptxas info    : Compiling entry function '_Z4scalePff' for 'sm_87'
//   ptxas info    : Function properties for _Z4scalePff
//       0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
//   ptxas info    : Used 10 registers, used 0 barriers, 372 bytes cmem[0]

const count = (text, pattern) => Number(pattern.exec(text)?.[1] ?? 0);

// smem, cmem and the stack are left out where there are none; registers and barriers never are.
function parseUsed(line, mangledName) {
  const barriers = /used (\d+) barriers/.exec(line);
  if (!barriers) throw new Error(`this ptxas does not count the barriers of ${mangledName}: use CUDA 13 or later`);
  const constantBanks = [...line.matchAll(/(\d+) bytes cmem\[\d+\]/g)];
  return {
    registersPerThread: count(line, /Used (\d+) registers/),
    staticSharedBytes: count(line, /(\d+) bytes smem/),
    blockBarrierCount: Number(barriers[1]),
    constantBytes: constantBanks.reduce((sum, [, bytes]) => sum + Number(bytes), 0),
  };
}

/** The kernels of ptxas's text, in its order. Throws when a kernel has no "Used" line, so that none is lost. */
export function parsePtxas(text) {
  const kernels = [];
  let current;
  let described;
  const close = () => {
    if (current && !('registersPerThread' in current)) throw new Error(`ptxas says nothing of ${current.mangledName}`);
  };
  for (const line of text.split(/\r?\n/)) {
    const entry = /Compiling entry function '([^']+)'/.exec(line);
    const properties = /Function properties for (\S+)/.exec(line);
    const frame = /(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads/.exec(line);
    if (entry) {
      close();
      current = { mangledName: entry[1], stackBytes: 0, spillStoreBytes: 0, spillLoadBytes: 0 };
      kernels.push(current);
    } else if (properties) {
      // Device functions that are not inlined have properties too.
      described = properties[1];
    } else if (frame && current && described === current.mangledName) {
      [current.stackBytes, current.spillStoreBytes, current.spillLoadBytes] = frame.slice(1).map(Number);
    } else if (current && / Used \d+ registers/.test(line)) {
      Object.assign(current, parseUsed(line, current.mangledName));
    }
  }
  close();
  return kernels;
}

/**
 * `void hka::kernels::gemm_tile<16u>(float const*)` → `gemm_tile<16>`: as our launches name their kernels. Namespaces of ours, the
 * return type, the arguments and the suffixes of numbers go.
 */
export function launchName(signature) {
  const bare = signature.replaceAll('(anonymous namespace)::', '').replaceAll('hka::kernels::', '');
  let depth = 0;
  let end = bare.length;
  for (let at = 0; at < bare.length; at++) {
    if (bare[at] === '<') depth++;
    else if (bare[at] === '>') depth--;
    else if (bare[at] === '(' && depth === 0) {
      end = at;
      break;
    }
  }
  return bare
    .slice(0, end)
    .replace(/^void /, '')
    .replace(/\b(\d+)(?:ull|ul|u|ll|l)\b/g, '$1');
}
