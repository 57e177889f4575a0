// ~/.ssh/config as one text, with the files it includes, because the parser does not follow Include.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** OpenSSH's own limit. */
const INCLUDE_DEPTH_MAX = 16;

function globPattern(word: string): RegExp {
  const source = word
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '[^/]*')
    .replace(/\?/g, '[^/]');
  return new RegExp(`^${source}$`);
}

// Wildcards are followed in the last part of a path only, which is where configurations have them (config.d/*).
function matchingFiles(word: string): string[] {
  if (!/[*?]/.test(word)) return [word];
  const folder = path.dirname(word);
  const pattern = globPattern(path.basename(word));
  try {
    const names = readdirSync(folder).filter((name) => pattern.test(name) && !name.startsWith('.'));
    return names.sort().map((name) => path.join(folder, name));
  } catch {
    return []; // as ssh does: a pattern that matches nothing is no error
  }
}

function includedPath(word: string, homeDir: string): string {
  if (word.startsWith('~/')) return path.join(homeDir, word.slice(2));
  return path.isAbsolute(word) ? word : path.join(homeDir, '.ssh', word);
}

function readConfig(filePath: string, homeDir: string, depth: number): string {
  let text: string;
  try {
    text = readFileSync(filePath, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
  if (depth >= INCLUDE_DEPTH_MAX) return text;
  let section = ''; // the Host or Match line whose block goes on behind an included file
  const lines = text.split(/\r?\n/).map((line) => {
    if (/^\s*(Host|Match)[\s=]/i.test(line)) section = line;
    const include = /^\s*Include(?:\s*=\s*|\s+)(.*?)\s*$/i.exec(line);
    if (!include) return line;
    const words = include[1].match(/"[^"]*"|\S+/g) ?? [];
    const files = words.flatMap((word) => matchingFiles(includedPath(word.replace(/"/g, ''), homeDir)));
    return [...files.map((file) => readConfig(file, homeDir, depth + 1)), section].join('\n');
  });
  return lines.join('\n');
}

/**
 * The text of the file with every Include replaced by the text of what it names; empty when there is no such file. Throws the
 * system's error when it cannot be read. An Include inside a Host block is followed whatever the host is: the Host lines of the
 * included file decide.
 */
export function loadSshConfigText(filePath: string, homeDir: string): string {
  return readConfig(filePath, homeDir, 0);
}
