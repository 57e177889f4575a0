// Models of the fake TensorRT (test/native/tensorrt/fake/network.h), written into a temporary folder.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One input of twelve numbers a part of the batch, one output of three: their sum, plus 0, 1, 2. */
const DETECTOR = `model detector
input images float32 -1x3x2x2
output scores float32 -1x3
layer conv1 Convolution
layer relu1 Activation
weights 4096
activations 1024
scratch 256
`;

export interface ModelFolder {
  /** The path of a file in the folder. */
  path(name: string): string;
  /** Writes a file and gives its path. */
  write(name: string, text: string): string;
  /** The detector with further lines. */
  detector(name: string, ...lines: string[]): string;
  remove(): void;
}

export function makeModelFolder(): ModelFolder {
  const folder = mkdtempSync(join(tmpdir(), 'hookanalyzer-tensorrt-'));
  const path = (name: string) => join(folder, name);
  const write = (name: string, text: string) => {
    writeFileSync(path(name), text);
    return path(name);
  };
  return {
    path,
    write,
    detector: (name, ...lines) => write(name, DETECTOR + lines.map((line) => `${line}\n`).join('')),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
