// Pictures as the kernels for FP16 take them: halves, channels side by side, each pixel at a multiple of 16 bytes. What lies so already is
// used where it is.

import type { PlanBuilder } from './plan-builder';
import { PACK_COUNT, packedCount, pixelPitch, rootOf, type Storage, sliced, type View } from './view';

/** A picture and the elements from one pixel to the next. */
export interface Pixels {
  readonly view: View;
  readonly pitch: number;
}

export class ChannelsLast {
  /** Storages of pictures whose channels are no multiple of PACK_COUNT, with zeros from so many channels on. */
  private readonly zeroedFrom = new Map<Storage, number>();
  private readonly copies = new Map<Storage, { readonly from: View; readonly pixels: Pixels }[]>();

  constructor(
    private readonly plan: PlanBuilder,
    /** The storage of so many halves of zero. */
    private readonly zeros: (count: number) => Storage,
  ) {}

  /** Who wrote a whole picture wrote zeros behind its channels. */
  markZeroed({ storage, dims }: View): void {
    this.zeroedFrom.set(storage, dims[1]);
  }

  /** The pitch of a picture that kernels for FP16 take as it is; undefined of others. */
  private pitchOf(view: View): number | undefined {
    const pitch = pixelPitch(view);
    const isAligned = pitch !== undefined && pitch % PACK_COUNT === 0 && rootOf(view).offset % PACK_COUNT === 0;
    return isAligned && view.storage.element === 'f16' ? pitch : undefined;
  }

  /** With `isPadded`, the channels behind the picture's up to the next multiple of PACK_COUNT are zeros. */
  pixels(view: View, isPadded = false): Pixels {
    const pitch = this.pitchOf(view);
    const channels = view.dims[1];
    const isZeroed = this.zeroedFrom.get(view.storage) === channels && view.offset === 0;
    if (pitch !== undefined && (!isPadded || channels % PACK_COUNT === 0 || isZeroed)) return { view, pitch };
    return this.copied(view);
  }

  /** Once for each picture, however many read it. */
  private copied(from: View): Pixels {
    const known = this.copies.get(from.storage) ?? [];
    const key = (view: View) => [view.offset, ...view.dims, ...view.strides].join();
    const found = known.find((each) => key(each.from) === key(from));
    if (found) return found.pixels;
    const view = this.plan.make(from.dims, { element: 'f16', isChannelsLast: true });
    const [images, channels, height, width] = from.dims;
    const pitch = packedCount(channels);
    if (pitch > channels) {
      // The last vectors as a whole, because those are written at once; the picture's own channels among them come next.
      const begin = pitch - PACK_COUNT;
      const behind = sliced({ ...view, dims: [images, pitch, height, width] }, 1, begin, PACK_COUNT);
      const zero: View = { storage: this.zeros(PACK_COUNT), offset: 0, dims: behind.dims, strides: [0, 1, 0, 0] };
      this.plan.copy(zero, behind);
      this.markZeroed(view);
    }
    this.plan.copy(from, view);
    const pixels = { view, pitch };
    this.copies.set(from.storage, [...known, { from, pixels }]);
    return pixels;
  }
}
