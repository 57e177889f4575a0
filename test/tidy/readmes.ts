// README files: there where the map says so, short, and true about paths.

import { posix } from 'node:path';
import type { Finding, TextFile } from './repository';

const LINE_COUNT_MAX = 40;
/** Longer by purpose: the front page, and the law of the format. */
const MAY_BE_LONGER: readonly string[] = ['README.md', 'shared/wire/README.md'];

/** Every file, and every folder that holds one, by path. */
export function placesOf(paths: Iterable<string>): ReadonlySet<string> {
  const places = new Set<string>(['.']);
  for (const path of paths) {
    for (let place = path; place !== '.'; place = posix.dirname(place)) places.add(place);
  }
  return places;
}

export const isReadme = (path: string) => posix.basename(path) === 'README.md';
const isDocument = (path: string) => isReadme(path) || posix.basename(path) === 'ARCHITECTURE.md';

const lineCountOf = (text: string) => text.replace(/\n$/, '').split('\n').length;

/** Words in backticks outside fenced blocks. */
export function codeWordsOf(markdown: string): string[] {
  const prose = markdown.replace(/^```[\s\S]*?^```/gm, '');
  return Array.from(prose.matchAll(/`([^`\n]+)`/g), (match) => match[1]);
}

// Spaces, globs, options, placeholders, URLs, packages and key=value are no paths.
const IS_PATH_SHAPED = /^(?![-~/])[\w.+-]+(?:\/[\w.+-]+)*\/?$/;
const IS_BUILT_OR_INSTALLED = /^(?:out|node_modules)(?:\/|$)/;
const HAS_SOURCE_ENDING = /^[\w-][\w.-]*\.(?:ts|tsx|mjs|cc|cpp|cu|sql|md)$/;

/** Whether `word` in a document of `folder` is meant as a path of this repository. */
function isMeantAsPath(
  word: string,
  folder: string,
  places: ReadonlySet<string>,
  others: ReadonlySet<string>,
): boolean {
  if (!IS_PATH_SHAPED.test(word) || IS_BUILT_OR_INSTALLED.test(word) || others.has(word)) return false;
  if (!word.includes('/')) return HAS_SOURCE_ENDING.test(word);
  const [first] = word.split('/');
  return first === '.' || first === '..' || places.has(first) || places.has(posix.join(folder, first));
}

function exists(word: string, folder: string, places: ReadonlySet<string>): boolean {
  const path = word.replace(/\/$/, '');
  if (places.has(path) || places.has(posix.join(folder, path))) return true;
  // A bare file name may stand for a file that the sentence has placed.
  return !path.includes('/') && [...places].some((place) => posix.basename(place) === path);
}

/**
 * Paths in backticks that are not there. They count from the document's folder or from the root. `others` are words that look
 * like paths and are not, such as the names of control methods.
 */
export function checkReadmePaths(
  files: readonly TextFile[],
  places: ReadonlySet<string>,
  others: ReadonlySet<string>,
): Finding[] {
  return files
    .filter(({ path }) => isDocument(path))
    .flatMap(({ path, text }) => {
      const folder = posix.dirname(path);
      return codeWordsOf(text)
        .filter((word) => isMeantAsPath(word, folder, places, others) && !exists(word, folder, places))
        .map((word) => `${path}: names ${word}, which does not exist`);
    });
}

/** The folders of the map: first cells of the root README's table that end in a slash. */
export function mapFoldersOf(rootReadme: string): string[] {
  return Array.from(rootReadme.matchAll(/^\| `([^`]+)\/` \|/gm), (match) => match[1]);
}

/** Folders of the map that exist without a README. */
export function checkMapReadmes(rootReadme: string, places: ReadonlySet<string>): Finding[] {
  return mapFoldersOf(rootReadme)
    .filter((folder) => places.has(folder) && !places.has(`${folder}/README.md`))
    .map((folder) => `${folder}: is on the map and has no README.md`);
}

/** READMEs longer than a screen. */
export function checkReadmeLines(files: readonly TextFile[]): Finding[] {
  return files
    .filter(({ path, text }) => isReadme(path) && !MAY_BE_LONGER.includes(path) && lineCountOf(text) > LINE_COUNT_MAX)
    .map(({ path, text }) => `${path}: has ${lineCountOf(text)} lines; ${LINE_COUNT_MAX} are the most`);
}
