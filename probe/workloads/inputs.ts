// What the models are asked: the picture or the numbers that a request carries, else a few seeded items for each engine, taken in turn.
// Values do not change how long a network takes.

import type { Item } from '../engines/batch';
import type { EngineFacts, TensorFacts, TensorValues } from '../engines/engine';
import { itemBytesOf, itemCountOf, valuesOver } from '../engines/values';
import { Random } from '../scheduler/simulator/random';
import type { Payload } from './feeds/feed';
import { type Look, type Picture, type PictureInput, type Pixels, pictureInputOf, tensorOf } from './pictures/picture';

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

/** The inputs of one engine. A picture that is looked at as a whole is made to numbers once: the sources show a few in turn. */
export class Inputs {
  private readonly items: readonly Item[];
  private readonly input: PictureInput | undefined;
  private readonly wholes = new WeakMap<Picture, TensorValues>();

  constructor(
    facts: EngineFacts,
    seed: number,
    private readonly pixels: Pixels,
  ) {
    this.items = makeItems(facts, seed);
    this.input = pictureInputOf(facts);
  }

  seeded(index: number): Item {
    return this.items[index % this.items.length];
  }

  /** Of a request with this payload. */
  itemOf(payload: Payload | undefined, requestId: number): Item {
    if (payload?.item) return payload.item;
    if (!payload?.look || !this.input) return this.seeded(requestId);
    return { [this.input.name]: this.valuesOf(payload.look, this.input) };
  }

  private valuesOf(look: Look, input: PictureInput): TensorValues {
    const { picture, area } = look;
    const isWhole = area.widthPx === picture.widthPx && area.heightPx === picture.heightPx;
    if (!isWhole) return tensorOf(look, input, this.pixels);
    const known = this.wholes.get(picture);
    if (known) return known;
    const made = tensorOf(look, input, this.pixels);
    this.wholes.set(picture, made);
    return made;
  }
}
