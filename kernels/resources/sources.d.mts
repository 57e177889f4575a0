// Types of sources.mjs, for the tests.

export const FLAGS: string;
export function findSources(root: string, folder?: string): string[];
export function hashSource(root: string, path: string): string;
export function architectureOf(root: string, path: string, architecture: string): string | undefined;
export function findStale(root: string, table: { sources: Record<string, { hash: string }> }): string[];
export function tablePath(architecture: string): string;
