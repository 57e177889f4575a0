// A value of the network as a way to walk through memory: where it begins and how far apart its neighbours lie. Transposing, slicing and
// splitting give another view of the same memory and cost nothing. Pure.

import { elementCountOf } from '../onnx/model';

/** What a number of device memory is stored in. */
export type StoredElement = 'f32' | 'f16';

export const STORED_BYTES: Readonly<Record<StoredElement, number>> = { f32: 4, f16: 2 };

/** One stretch of device memory, whose place is settled when the whole plan is known. */
export interface Storage {
  readonly count: number;
  readonly element: StoredElement;
  readonly kind: 'activation' | 'constant';
  /** From its arena's begin, of a constant, which is settled at once. */
  readonly constantOffsetBytes: number;
  /** The wider storage that it is a part of, since a concatenation wanted it there. */
  parent: { readonly storage: Storage; readonly offset: number } | undefined;
}

export interface View {
  readonly storage: Storage;
  /** Elements from the storage's begin. */
  readonly offset: number;
  readonly dims: readonly number[];
  /** Elements; 0 repeats. */
  readonly strides: readonly number[];
}

/** What one vector load of a kernel takes. */
const VECTOR_BYTES = 16;

/** Halves of a vector load: channels of a picture in FP16 come in multiples of it. */
export const PACK_COUNT = VECTOR_BYTES / STORED_BYTES.f16;

export const packedCount = (channels: number): number => Math.ceil(channels / PACK_COUNT) * PACK_COUNT;

/** Elements of a vector load. */
export const vectorCount = ({ element }: Storage): number => VECTOR_BYTES / STORED_BYTES[element];

export function packedStrides(dims: readonly number[]): number[] {
  const strides = dims.map(() => 1);
  for (let axis = dims.length - 2; axis >= 0; axis -= 1) strides[axis] = strides[axis + 1] * dims[axis + 1];
  return strides;
}

export const wholeView = (storage: Storage, dims: readonly number[]): View => {
  return { storage, offset: 0, dims, strides: packedStrides(dims) };
};

/** The strides of pictures whose channels, axis 1, lie side by side, each pixel at a multiple of PACK_COUNT. */
export function channelsLastStrides([images, channels, ...sides]: readonly number[]): number[] {
  const pitch = packedCount(channels);
  const [image, ...rest] = packedStrides([images, ...sides]).map((stride) => stride * pitch);
  return [image, 1, ...rest];
}

/**
 * Elements between neighbouring pixels of [images, channels, height, width] that lie one behind another with their channels side by side;
 * undefined where they do not.
 */
export function pixelPitch({ dims, strides }: View): number | undefined {
  if (dims.length !== 4) return undefined;
  const [images, channels, height, width] = dims;
  if (channels > 1 && strides[1] !== 1) return undefined;
  const walk = joined({ dims: [images, height, width], strides: [[strides[0], strides[2], strides[3]]] });
  if (walk.dims.length > 1) return undefined;
  return images * height * width === 1 ? packedCount(channels) : walk.strides[0][0];
}

/** Whether the elements lie one after another in the order of the dims. */
export function isPacked({ dims, strides }: View): boolean {
  const packed = packedStrides(dims);
  return dims.every((dim, axis) => dim === 1 || strides[axis] === packed[axis]);
}

export function transposed(view: View, order: readonly number[]): View {
  return {
    ...view,
    dims: order.map((axis) => view.dims[axis]),
    strides: order.map((axis) => view.strides[axis]),
  };
}

/** `count` places of an axis from `begin`, every `step`-th. */
export function sliced(view: View, axis: number, begin: number, count: number, step = 1): View {
  return {
    storage: view.storage,
    offset: view.offset + begin * view.strides[axis],
    dims: view.dims.map((dim, at) => (at === axis ? count : dim)),
    strides: view.strides.map((stride, at) => (at === axis ? stride * step : stride)),
  };
}

/** A packed view in another shape. */
export const reshaped = (view: View, dims: readonly number[]): View => {
  return { ...view, dims, strides: packedStrides(dims) };
};

/** The same numbers in the same order in another shape, where strides can say that; undefined where they would have to be copied. */
export function reshapedInPlace(view: View, dims: readonly number[]): View | undefined {
  const whole = joined({ dims: view.dims, strides: [view.strides] });
  let at = whole.dims.length - 1;
  let [rest, stride] = [whole.dims[at], whole.strides[0][at]];
  const strides = dims.map(() => 0);
  for (let axis = dims.length - 1; axis >= 0; axis -= 1) {
    if (dims[axis] === 1) continue;
    if (rest === 1 && at > 0) {
      at -= 1;
      [rest, stride] = [whole.dims[at], whole.strides[0][at]];
    }
    if (rest % dims[axis] !== 0) return undefined;
    strides[axis] = stride;
    stride *= dims[axis];
    rest /= dims[axis];
  }
  return { ...view, dims, strides };
}

/** Whether both walk through the same places in the same order. */
export function isSamePlace(one: View, other: View): boolean {
  const isSameWalk = one.dims.every((dim, axis) => dim === 1 || one.strides[axis] === other.strides[axis]);
  return one.storage === other.storage && one.offset === other.offset && isSameWalk;
}

/** As numpy lays a shape over a wider one: missing and single dimensions repeat. */
export function laidOver(view: View, dims: readonly number[]): View {
  const missing = dims.length - view.dims.length;
  return {
    ...view,
    dims,
    strides: dims.map((_, axis) =>
      axis < missing || view.dims[axis - missing] === 1 ? 0 : view.strides[axis - missing],
    ),
  };
}

/** Each pixel of the last two axes repeated: [..., height, times, width, times]. */
export function repeated(view: View, timesDown: number, timesAcross: number): View {
  const rank = view.dims.length;
  const [height, width] = view.dims.slice(-2);
  const [down, across] = view.strides.slice(-2);
  return {
    ...view,
    dims: [...view.dims.slice(0, rank - 2), height, timesDown, width, timesAcross],
    strides: [...view.strides.slice(0, rank - 2), down, 0, across, 0],
  };
}

/** Dims and one list of strides for each array. */
export interface Walk {
  readonly dims: readonly number[];
  readonly strides: readonly (readonly number[])[];
}

/** Joins neighbouring dimensions that lie together in every array, and leaves out those of 1, so that a kernel divides less. */
export function joined(walk: Walk): Walk {
  const dims: number[] = [];
  const strides: number[][] = walk.strides.map(() => []);
  for (const [axis, dim] of walk.dims.entries()) {
    if (dim === 1) continue;
    const last = dims.length - 1;
    const isTogether = last >= 0 && walk.strides.every((each, at) => strides[at][last] === each[axis] * dim);
    if (isTogether) dims[last] *= dim;
    else dims.push(dim);
    const place = dims.length - 1;
    for (const [at, each] of walk.strides.entries()) strides[at][place] = each[axis];
  }
  return dims.length > 0 ? { dims, strides } : { dims: [1], strides: walk.strides.map(() => [0]) };
}

/** The storage that holds it in the end, and the elements from there to the view's first. */
export function rootOf({ storage, offset }: Pick<View, 'storage' | 'offset'>): { storage: Storage; offset: number } {
  let place = { storage, offset };
  while (place.storage.parent) {
    const { parent } = place.storage;
    place = { storage: parent.storage, offset: place.offset + parent.offset };
  }
  return place;
}

export const countOf = ({ dims }: Pick<View, 'dims'>): number => elementCountOf(dims);
