import { seededRandom } from '../random';
import type { Check } from './check-bench';

/** Smaller, larger, narrower than a vector, one pixel in a direction, and letterboxed on either side. */
const SHAPES = [
  { images: 2, sourceWidth: 64, sourceHeight: 48, targetWidth: 32, targetHeight: 24, isLetterboxed: false },
  { images: 3, sourceWidth: 17, sourceHeight: 13, targetWidth: 9, targetHeight: 21, isLetterboxed: false },
  { images: 2, sourceWidth: 1, sourceHeight: 5, targetWidth: 7, targetHeight: 3, isLetterboxed: false },
  { images: 1, sourceWidth: 5, sourceHeight: 1, targetWidth: 3, targetHeight: 9, isLetterboxed: false },
  { images: 2, sourceWidth: 63, sourceHeight: 47, targetWidth: 65, targetHeight: 80, isLetterboxed: true },
  { images: 1, sourceWidth: 50, sourceHeight: 200, targetWidth: 130, targetHeight: 65, isLetterboxed: true },
] as const;

/** Mean and deviation of ImageNet's colours (torchvision's documentation), as 0..255. */
const NORMALISATION = {
  mean0: 123.675,
  mean1: 116.28,
  mean2: 103.53,
  scale0: 1 / 58.395,
  scale1: 1 / 57.12,
  scale2: 1 / 57.375,
  padValue: 114,
};

/** The words variant reads whole words. */
const WORD_BYTES = 4;

/** Both variants on random pictures, with and without an exchange of red and blue. */
export function preprocessChecks(): Check[] {
  return SHAPES.flatMap((shape, index) => {
    const random = seededRandom(8 + index);
    const { images, sourceWidth, sourceHeight, targetWidth, targetHeight, isLetterboxed } = shape;
    const byteCount = Math.ceil((images * sourceWidth * sourceHeight * 3) / WORD_BYTES) * WORD_BYTES;
    const input = Uint8Array.from({ length: byteCount }, () => random() * 256);
    const name = `${sourceWidth}x${sourceHeight} to ${targetWidth}x${targetHeight}${isLetterboxed ? ' letterbox' : ''}`;
    return ['bytes', 'words'].map((variant) => ({
      label: `preprocess ${variant} ${name}`,
      kernel: 'preprocess',
      variant,
      options: { ...shape, ...NORMALISATION, swapsRedBlue: index % 2 === 0 },
      inputs: { input },
      output: ['output', images * 3 * targetWidth * targetHeight] as const,
    }));
  });
}
