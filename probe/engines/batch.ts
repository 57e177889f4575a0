// Items to a batch and back, and the check that a batch is one that an engine was loaded for. Every engine takes batches in this form.

import { type FailureError, failure } from '../../shared/util/failure';
import type { Engine, EngineBatch, EngineFacts, TensorFacts, TensorValues } from './engine';
import { holds, itemBytesOf, itemCountOf, valuesOver } from './values';

/** By the tensor's name, the numbers of one item. */
export type Item = Readonly<Record<string, TensorValues>>;

export const isBatched = ({ shape }: TensorFacts): boolean => shape.includes(-1);

const mismatch = (facts: EngineFacts, reason: string): FailureError =>
  failure(
    'shapeMismatch',
    `The batch does not fit the model ${facts.name}: ${reason}.`,
    'Give what the model asks for.',
  );

/** Throws FailureError: shapeMismatch, or batchTooLarge. */
export function checkBatch(facts: EngineFacts, { size, inputs }: Pick<EngineBatch, 'size' | 'inputs'>): void {
  if (!Number.isInteger(size) || size < 1) throw mismatch(facts, `it holds ${size} items`);
  if (size > facts.batchMax) {
    const sentence = `A batch of ${size} is larger than the model ${facts.name} takes (${facts.batchMax}).`;
    throw failure('batchTooLarge', sentence, 'Use smaller batches, or export the model with a free batch size.');
  }
  for (const input of facts.inputs) {
    const values = inputs[input.name];
    const count = (isBatched(input) ? size : 1) * itemCountOf(input.shape);
    if (!values) throw mismatch(facts, `the input ${input.name} is missing`);
    if (!holds(values, input.element)) throw mismatch(facts, `the input ${input.name} is not ${input.element}`);
    if (values.length !== count) {
      throw mismatch(facts, `the input ${input.name} has ${values.length} numbers instead of ${count}`);
    }
  }
  const foreign = Object.keys(inputs).find((name) => facts.inputs.every((input) => input.name !== name));
  if (foreign !== undefined) throw mismatch(facts, `there is no input ${foreign}`);
}

/** Memory that batches are put together in again and again: one buffer of each length. */
export class BatchScratch {
  private readonly buffers = new Map<number, ArrayBuffer>();

  /** A buffer of exactly so many bytes, with whatever was in it; good until it is taken again. */
  take(bytes: number): ArrayBuffer {
    const known = this.buffers.get(bytes);
    if (known) return known;
    const made = new ArrayBuffer(bytes);
    this.buffers.set(bytes, made);
    return made;
  }
}

/**
 * Puts items one after another, into the engine's own memory where `engine` has some free. Inputs without a batch are taken from the first
 * item. Elsewhere an input that comes from one item alone is that item's own array, and the others lie in `scratch` until its next use, or in
 * new memory without one. Inputs of one length in bytes cannot share a scratch, so it is left out for networks with several inputs. Throws
 * FailureError shapeMismatch when an item lacks an input or has one of another length.
 */
export function assembleBatch(
  facts: EngineFacts,
  items: readonly Item[],
  engine?: Pick<Engine, 'inputArray'>,
  scratch?: BatchScratch,
): Record<string, TensorValues> {
  const reused = facts.inputs.length === 1 ? scratch : undefined;
  const joined = facts.inputs.map((input) => {
    const { name, element, shape } = input;
    const parts = (isBatched(input) ? items : items.slice(0, 1)).map((item) => item[name]);
    const count = itemCountOf(shape);
    const wrong = parts.findIndex((part) => !part || part.length !== count || !holds(part, element));
    if (wrong >= 0) {
      const numbers = parts[wrong]?.length ?? 0;
      throw mismatch(facts, `item ${wrong} has ${numbers} numbers for ${name} instead of ${count} ${element}`);
    }
    const byteCount = parts.length * itemBytesOf(element, shape);
    const own = engine?.inputArray?.(byteCount);
    if (!own && parts.length === 1) return [name, parts[0]] as const;
    const bytes = new Uint8Array(own ?? reused?.take(byteCount) ?? new ArrayBuffer(byteCount));
    for (const [index, part] of parts.entries()) {
      bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), index * part.byteLength);
    }
    return [name, valuesOver(element, bytes.buffer, parts.length * count)] as const;
  });
  return Object.fromEntries(joined);
}

/** The outputs of each item, as views. An output without a batch is the same for all. */
export function splitBatch(facts: EngineFacts, outputs: Item, size: number): Item[] {
  return Array.from({ length: size }, (_, index) => {
    const each = facts.outputs.map((output) => {
      const values = outputs[output.name];
      if (!isBatched(output)) return [output.name, values] as const;
      const count = values.length / size;
      return [output.name, values.subarray(index * count, (index + 1) * count)] as const;
    });
    return Object.fromEntries(each);
  });
}
