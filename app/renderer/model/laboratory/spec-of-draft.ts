// From what was typed to an experiment, or to one sentence for each field that cannot be used.

import {
  type ExperimentInput,
  type ExperimentSpec,
  experimentSpec,
  type KernelArgument,
  POINT_COUNT_MAX,
  SIDE_MAX,
} from '../../../../shared/rpc/experiment';
import { fail, ok, type Result } from '../../../../shared/util/result';
import type { ArgumentDraft, Draft, DraftField } from './draft';
import { type ListLimits, parseNumber, parseNumberList, parseSizes, wordsOf } from './number-list';

export type FieldErrors = Partial<Record<DraftField, string>>;

const THREADS: ListLimits = { noun: 'A block size', min: 1, max: 1024 };
const BYTES: ListLimits = { noun: 'A size', min: 1, max: 2 ** 36 };
/** Of a source in an experiment. */
export const SOURCE_BYTES_MAX = 100_000;

/** Collects what each field gives; a field that gives nothing has its sentence in `errors`. */
class Fields {
  readonly errors: FieldErrors = {};

  constructor(private readonly draft: Draft) {}

  take<T>(field: DraftField, result: Result<T, string>, otherwise: T): T {
    if (result.ok) return result.value;
    this.errors[field] = result.error;
    return otherwise;
  }

  list(field: DraftField, limits: ListLimits): number[] {
    return this.take(field, parseNumberList(this.draft[field] as string, limits), []);
  }

  number(field: DraftField, noun: string, min: number, max: number): number {
    return this.take(field, parseNumber(this.draft[field] as string, { noun, min, max }), min);
  }

  some<T>(field: DraftField, chosen: readonly T[], noun: string): T[] {
    return this.take(field, chosen.length > 0 ? ok([...chosen]) : fail(`Choose at least one ${noun}.`), []);
  }
}

function parseVariants(text: string): Result<string[] | undefined, string> {
  const words = wordsOf(text);
  const wrong = words.find((word) => !/^[\w.-]{1,64}$/.test(word));
  if (wrong !== undefined) {
    return fail(`“${wrong}” is no name of a variant; names have letters, digits and _, as in tile_16.`);
  }
  if (words.length > 64) return fail(`${words.length} are too many; at most 64 fit.`);
  return ok(words.length === 0 ? undefined : [...new Set(words)]);
}

function parseFloatNumber(text: string, noun: string): Result<number, string> {
  const value = Number(text.trim());
  if (text.trim() === '' || !Number.isFinite(value)) return fail(`${noun} must be a number, such as 0.5 or 2e9.`);
  return ok(value);
}

/** An amount of a launch: zero when it is not known. */
function parseAmount(text: string, noun: string): Result<number, string> {
  const amount = parseFloatNumber(text, noun);
  return amount.ok && amount.value < 0 ? fail(`${noun} must be 0 or more; 0 says that it is not known.`) : amount;
}

function parseArgument({ kind, element, count, fill, value }: ArgumentDraft): Result<KernelArgument, string> {
  switch (kind) {
    case 'buffer': {
      const parsed = parseNumber(count, { noun: 'The number of elements', min: 1, max: 2 ** 32 });
      return parsed.ok ? ok({ kind, element, count: parsed.value, fill }) : parsed;
    }
    case 'f32': {
      const parsed = parseFloatNumber(value, 'The value');
      return parsed.ok ? ok({ kind, value: parsed.value }) : parsed;
    }
    case 'u32': {
      const parsed = parseNumber(value, { noun: 'The value', min: 0, max: 2 ** 32 - 1 });
      return parsed.ok ? ok({ kind, value: parsed.value }) : parsed;
    }
    case 'i32': {
      const isNegative = value.trim().startsWith('-');
      const digits = value.trim().replace(/^-/, '');
      const parsed = parseNumber(digits, { noun: 'The value', min: 0, max: 2 ** 31 - (isNegative ? 0 : 1) });
      return parsed.ok ? ok({ kind, value: isNegative ? -parsed.value : parsed.value }) : parsed;
    }
  }
}

function parseArguments(drafts: readonly ArgumentDraft[]): Result<KernelArgument[], string> {
  if (drafts.length > 32) return fail('A kernel takes at most 32 arguments here.');
  const parsed: KernelArgument[] = [];
  for (const [index, draft] of drafts.entries()) {
    const argument = parseArgument(draft);
    if (!argument.ok) return fail(`Argument ${index + 1}: ${argument.error}`);
    parsed.push(argument.value);
  }
  return ok(parsed);
}

function parseSource(source: string): Result<string, string> {
  if (source.trim() === '') return fail('Choose a .cu file, or paste the source of a kernel.');
  if (source.length > SOURCE_BYTES_MAX) {
    return fail(`The source has ${source.length.toLocaleString('en-US')} characters; at most 100,000 fit.`);
  }
  return ok(source);
}

function kernelInput(draft: Draft, fields: Fields): Omit<Extract<ExperimentInput, { kind: 'kernel' }>, 'kind'> {
  return {
    source: fields.take('source', parseSource(draft.source), ''),
    fileName: draft.fileName.trim() || 'kernel.cu',
    entry: draft.entry.trim() || undefined,
    arguments: fields.take('arguments', parseArguments(draft.arguments), []),
    blockSizes: fields.list('blockSizes', THREADS),
    threadCount: fields.number('threadCount', 'The number of threads', 1, 2 ** 31),
    dynamicSharedBytes: fields.number('dynamicSharedBytes', 'Dynamic shared memory', 0, 262_144),
    flops: fields.take('flops', parseAmount(draft.flops, 'The number of operations'), 0),
    bytes: fields.take('bytesMoved', parseAmount(draft.bytesMoved, 'The number of bytes'), 0),
  };
}

function inputOf(draft: Draft, fields: Fields): ExperimentInput {
  const common = {
    sampleCount: fields.number('sampleCount', 'The number of samples', 3, 10_000),
    measureCold: draft.measureCold,
    readCounters: draft.readCounters,
  };
  const { kind } = draft;
  switch (kind) {
    case 'gemm': {
      const sizes = fields.take('sizes', parseSizes(draft.sizes, SIDE_MAX), []);
      const variants = fields.take('variants', parseVariants(draft.variants), undefined);
      const count = sizes.length * (variants?.length ?? 1);
      if (count > POINT_COUNT_MAX)
        fields.errors.sizes = `${count} points are too many; at most ${POINT_COUNT_MAX} fit.`;
      return { kind, sizes, variants, precision: draft.precision, ...common };
    }
    case 'blockSize': {
      const blockSizes = fields.list('blockSizes', THREADS);
      const elementCount = fields.number('elementCount', 'The number of elements', 1, 2 ** 30);
      return { kind, kernel: draft.blockKernel, blockSizes, elementCount, ...common };
    }
    case 'batch':
      return { kind, batchSizes: fields.list('batchSizes', { noun: 'A batch', min: 1, max: 1024 }), ...common };
    case 'streams': {
      const streamCounts = fields.list('streamCounts', { noun: 'A number of streams', min: 1, max: 32 });
      const side = fields.number('side', 'The side', 1, SIDE_MAX);
      const launchCount = fields.number('launchesPerStream', 'The number of launches', 1, 1000);
      return { kind, streamCounts, side, launchCount, ...common };
    }
    case 'copy': {
      const memories = fields.some('memories', draft.memories, 'kind of memory');
      return {
        kind,
        bytes: fields.list('bytes', BYTES),
        memories,
        ways: fields.some('ways', draft.ways, 'direction'),
        ...common,
      };
    }
    case 'launch':
      return { kind, launchCounts: fields.list('launchCounts', { noun: 'A chain', min: 1, max: 10_000 }), ...common };
    case 'allocation': {
      const allocators = fields.some('allocators', draft.allocators, 'allocator');
      return { kind, bytes: fields.list('bytes', BYTES), allocators, ...common };
    }
    case 'kernel':
      return { kind, ...kernelInput(draft, fields), ...common };
  }
}

/** The experiment that the form describes, or what is wrong in which field. */
export function specOfDraft(draft: Draft): Result<ExperimentSpec, FieldErrors> {
  const fields = new Fields(draft);
  const input = inputOf(draft, fields);
  if (Object.keys(fields.errors).length > 0) return fail(fields.errors);
  const parsed = experimentSpec.safeParse(input);
  // The limits above are those of the schema; should one be forgotten, its own words are better than a refused request.
  return parsed.success ? ok(parsed.data) : fail({ kind: parsed.error.issues[0]?.message ?? 'This is no experiment.' });
}
