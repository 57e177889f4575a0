// What ptxas said about each of our kernels, as `npm run kernels:resources` writes it to kernels/resources/. Whoever reads the file
// parses it here; this code reads none.

import { fail, ok, type Result } from '../util/result';

export interface KernelResources {
  /** As a launch names it: `gemm_tile<16>`. */
  readonly name: string;
  /** As the demangler writes it, with namespaces and arguments. */
  readonly signature: string;
  /** The file that holds it, from the root of the repository. */
  readonly source: string;
  readonly registersPerThread: number;
  readonly staticSharedBytes: number;
  readonly blockBarrierCount: number;
  /** Stack frame of a thread, in local memory. */
  readonly stackBytes: number;
  readonly spillStoreBytes: number;
  readonly spillLoadBytes: number;
  /** All banks together: arguments, and constants of the kernel. */
  readonly constantBytes: number;
}

export interface ResourceTable {
  /** `sm_87`. */
  readonly architecture: string;
  /** `8.7`. */
  readonly computeCapability: string;
  /** The release that allocated the registers, such as `13.0.88`; another may allocate differently. */
  readonly nvccVersion: string;
  readonly kernels: readonly KernelResources[];
}

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const isText = (value: unknown): value is string => typeof value === 'string' && value.length > 0;
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const COUNTS = [
  'registersPerThread',
  'staticSharedBytes',
  'blockBarrierCount',
  'stackBytes',
  'spillStoreBytes',
  'spillLoadBytes',
  'constantBytes',
] as const;

function parseKernel(value: unknown, source: string): Result<KernelResources, string> {
  if (!isFields(value)) return fail(`${source}: a kernel is no object`);
  const { name, signature } = value;
  if (!isText(name) || !isText(signature)) return fail(`${source}: a kernel lacks its name or signature`);
  const wrong = COUNTS.find((key) => !isCount(value[key]));
  if (wrong !== undefined) return fail(`${source}: ${wrong} of ${name} is ${JSON.stringify(value[wrong])}`);
  const counts = Object.fromEntries(COUNTS.map((key) => [key, value[key]])) as Record<(typeof COUNTS)[number], number>;
  return ok({ name, signature, source, ...counts });
}

/** `sm_87` → `8.7`, `sm_100a` → `10.0`; undefined for what names no architecture. */
export function computeCapabilityOf(architecture: string): string | undefined {
  const match = /^sm_(\d+)(\d)[af]?$/.exec(architecture);
  return match ? `${match[1]}.${match[2]}` : undefined;
}

/** The parsed JSON of kernels/resources/sm_NN.json → its kernels, or one sentence about what is wrong. Unknown keys are passed over. */
export function parseResourceTable(value: unknown): Result<ResourceTable, string> {
  if (!isFields(value)) return fail('the resource table is no object');
  const { architecture, nvccVersion, sources } = value;
  const computeCapability = isText(architecture) ? computeCapabilityOf(architecture) : undefined;
  if (!isText(architecture) || computeCapability === undefined)
    return fail('the resource table lacks its architecture');
  if (!isText(nvccVersion)) return fail('the resource table lacks the version of nvcc');
  if (!isFields(sources)) return fail('the resource table lacks its sources');
  const kernels: KernelResources[] = [];
  for (const [source, entry] of Object.entries(sources)) {
    const rows = isFields(entry) ? entry.kernels : undefined;
    if (!Array.isArray(rows)) return fail(`${source}: lacks its kernels`);
    for (const each of rows) {
      const kernel = parseKernel(each, source);
      if (!kernel.ok) return kernel;
      kernels.push(kernel.value);
    }
  }
  return ok({ architecture, computeCapability, nvccVersion, kernels });
}

const withoutSpaces = (name: string) => name.replaceAll(' ', '');

/**
 * The kernel that a launch names, or whose whole signature a recording has; spaces aside. Undefined when the table has none or more
 * than one of that name.
 */
export function findKernelResources(table: ResourceTable, name: string): KernelResources | undefined {
  const wanted = withoutSpaces(name);
  const found = table.kernels.filter((kernel) =>
    [kernel.name, kernel.signature].some((each) => withoutSpaces(each) === wanted),
  );
  return found.length === 1 ? found[0] : undefined;
}
