// Words that must not stand in a file: each rule says where, which, and what to do instead.

import { posix } from 'node:path';
import { type Finding, isNative, isScript, type TextFile } from './repository';

export interface WordRule {
  readonly name: string;
  readonly isIn: (path: string) => boolean;
  readonly pattern: RegExp; // with the g flag
  readonly instead: string;
}

const everywhere = () => true;
const isCode = (path: string) => isScript(path) || isNative(path);

export const WORD_RULES: readonly WordRule[] = [
  {
    name: 'leftovers',
    isIn: everywhere,
    pattern: /\b(?:TODO|FIXME|XXX|HACK)\b/g,
    instead: 'finish it, or write it into the issue',
  },
  {
    name: 'switched-off checks',
    isIn: isScript,
    // A type assertion ends an expression; "as any other" in a sentence does not.
    pattern: /\bas any\b(?=\s*(?:[;,)\]}.>|&]|$))|@ts-(?:ignore|nocheck)|biome-ignore/gm,
    instead: 'give it its type, or change the rule for all',
  },
  {
    name: "a machine's paths",
    isIn: everywhere,
    pattern: /(?<![\w.~})-])\/(?:work|home|root)\//g,
    instead: 'use a path from the root of the repository or a temporary folder',
  },
  {
    name: 'registry hosts',
    isIn: everywhere,
    pattern:
      /\bregistry\.(?:npmjs|yarnpkg)\.\w+|\bnpm\.pkg\.github\.com|\b(?:test\.)?pypi\.org|\bfiles\.pythonhosted\.org|\bcrates\.io|\bproxy\.golang\.org|\b[\w.-]*(?:artifactory|nexus)[\w-]*\.[\w.-]+\b|\bregistry\s*=\s*\S+:\/\/\S+|"resolved": "https?:[^"]*"/g,
    instead: "leave it to the reader's own configuration",
  },
  {
    name: 'empty names',
    isIn: isCode,
    pattern: /\b\w*(?:Manager|Helper)s?\b|\b\w+_(?:manager|helper)s?\b/g,
    instead: 'name what it does or holds',
  },
];

/** Every place in `files` where a rule's pattern stands. */
export function checkWords(rule: WordRule, files: readonly TextFile[]): Finding[] {
  return files
    .filter(({ path }) => rule.isIn(path))
    .flatMap(({ path, text }) => {
      return Array.from(text.matchAll(rule.pattern), (match) => {
        const line = text.slice(0, match.index).split('\n').length;
        return `${path}: line ${line} says ${match[0]}; ${rule.instead}`;
      });
    });
}

/** Source files named after nothing. */
export function checkFileNames(paths: readonly string[]): Finding[] {
  return paths
    .filter(
      (path) =>
        isCode(path) && /(?:(?:^|[-_.])(?:manager|helper)s?|[-_.](?:info|data))\.\w+$/i.test(posix.basename(path)),
    )
    .map((path) => `${path}: name the file after what is in it`);
}

/** Brands that are not called what their type is called: two types could then share one. */
export function checkBrands(files: readonly TextFile[]): Finding[] {
  return files
    .filter(({ path }) => isScript(path))
    .flatMap(({ path, text }) => {
      return Array.from(text.matchAll(/\btype (\w+) = Unit<'(\w+)'>/g))
        .filter(([, type, brand]) => type !== brand)
        .map(([, type, brand]) => `${path}: ${type} has the brand ${brand}; a brand is called what its type is called`);
    });
}
