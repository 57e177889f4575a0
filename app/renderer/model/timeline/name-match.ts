// What a person types to find names: text in any case, or a regular expression between slashes.

import { fail, ok, type Result } from '../../../../shared/util/result';

export type NameMatcher = (text: string) => boolean;

/** `gemm` finds names that contain it; `/^gemm_\d+/` is a regular expression. The error is a sentence. */
export function parseNameQuery(query: string): Result<NameMatcher, string> {
  const expression = /^\/(.+)\/i?$/.exec(query)?.[1];
  if (expression === undefined) {
    const wanted = query.toLowerCase();
    return ok((text) => text.toLowerCase().includes(wanted));
  }
  try {
    const pattern = new RegExp(expression, 'i');
    return ok((text) => pattern.test(text));
  } catch (error) {
    const reason = error instanceof Error ? error.message.split(': ').pop() : String(error);
    return fail(
      `This is not a regular expression (${reason}); correct it, or leave the slashes out to search for plain text.`,
    );
  }
}
