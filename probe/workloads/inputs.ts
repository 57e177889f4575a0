// What the models are asked: a few seeded items for each engine, taken in turn. Values do not change how long a network takes.

import type { Item } from '../engines/batch';
import type { EngineFacts, TensorFacts, TensorValues } from '../engines/engine';
import { itemBytesOf, itemCountOf, valuesOver } from '../engines/values';
import { Random } from '../scheduler/simulator/random';

/** Items of one engine. */
const ITEM_COUNT = 4;

function valuesOf({ element, shape }: TensorFacts, random: Random): TensorValues {
  const count = itemCountOf(shape);
  const values = valuesOver(element, new ArrayBuffer(itemBytesOf(element, shape)), count);
  // Whole numbers may be places in a table or sizes: only zero is always one.
  if (element === 'float32' || element === 'float64') {
    for (let index = 0; index < count; index++) values[index] = 2 * random.next() - 1;
  }
  if (element === 'uint8') for (let index = 0; index < count; index++) values[index] = Math.floor(256 * random.next());
  return values;
}

/** Floats even from -1 to 1, bytes from 0 to 255, everything else 0. The same for the same seed. */
export function makeItems({ inputs }: EngineFacts, seed: number): Item[] {
  const random = new Random(seed, 3);
  return Array.from({ length: ITEM_COUNT }, () =>
    Object.fromEntries(inputs.map((input) => [input.name, valuesOf(input, random)])),
  );
}
