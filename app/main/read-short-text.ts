// A small text file that a person chose, for the page.

import { open } from 'node:fs/promises';
import { basename } from 'node:path';

/** Throws one sentence: for a file above `bytesMax`, and for one that is no UTF-8 text. */
export async function readShortText(path: string, bytesMax: number): Promise<string> {
  const file = await open(path, 'r');
  try {
    // One byte more than fits says that there is more, whatever the file claims of its size.
    const buffer = Buffer.alloc(bytesMax + 1);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    if (bytesRead > bytesMax) {
      throw new Error(
        `${basename(path)} has more than ${bytesMax.toLocaleString('en-US')} bytes; choose a shorter file.`,
      );
    }
    const bytes = buffer.subarray(0, bytesRead);
    if (bytes.includes(0)) throw new Error(`${basename(path)} is no text.`);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    const isEncoding = error instanceof TypeError;
    throw isEncoding ? new Error(`${basename(path)} is no UTF-8 text.`) : error;
  } finally {
    await file.close();
  }
}
