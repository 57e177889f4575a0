import { type Finding, isSource, type RepositoryFile, type TextFile } from './repository';

const LINE_COUNT_MAX = 400;
const FILE_BYTES_MAX = 4 * 1024 * 1024;
/** What the first line of a generated file says; nobody reads those from top to bottom. */
const GENERATED = /^.*Written by `npm run generate`/;

/** Source files that are asking to be split. */
export function checkLines(files: readonly TextFile[]): Finding[] {
  return files.flatMap(({ path, text }) => {
    const lineCount = text.replace(/\n$/, '').split('\n').length;
    if (!isSource(path) || lineCount <= LINE_COUNT_MAX || GENERATED.test(text)) return [];
    return [`${path}: has ${lineCount} lines; split it by idea, ${LINE_COUNT_MAX} are the most`];
  });
}

/** Files that make every clone slow. */
export function checkBytes(files: readonly RepositoryFile[]): Finding[] {
  return files
    .filter(({ byteCount }) => byteCount > FILE_BYTES_MAX)
    .map(({ path, byteCount }) => `${path}: has ${byteCount} bytes; ${FILE_BYTES_MAX} are the most`);
}
