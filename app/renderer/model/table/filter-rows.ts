// The filter box of a table: words that a row's texts must contain, or /an expression/.

import type { WindowTable } from '../../../../shared/window/methods';

export interface RowFilter {
  readonly matches: (text: string) => boolean;
  /** Why the expression is none; then every row matches. */
  readonly sentence?: string;
}

const EXPRESSION = /^\/(.+)\/(i?)$/;

/** "gemm" finds it in any case; "/gemm.*f16/" is a regular expression that minds the case, "/gemm/i" one that does not. */
export function parseFilter(text: string): RowFilter {
  const expression = EXPRESSION.exec(text);
  if (!expression) {
    const wanted = text.trim().toLowerCase();
    return { matches: (each) => each.toLowerCase().includes(wanted) };
  }
  try {
    const pattern = new RegExp(expression[1], expression[2]);
    return { matches: (each) => pattern.test(each) };
  } catch (error) {
    const reason = (error as Error).message.replace(/^Invalid regular expression: (?:\/.*\/\w*: )?/, '');
    return {
      matches: () => true,
      sentence: `This is no regular expression: ${reason}. Mend it, or leave out the slashes.`,
    };
  }
}

/** Numbers of the rows of which a text matches; in a table without texts, any cell. */
export function filterRows({ columns, rows }: WindowTable, { matches }: RowFilter): readonly number[] {
  const texts = columns.flatMap(({ isText }, index) => (isText ? [index] : []));
  const searched = texts.length > 0 ? texts : columns.map((_, index) => index);
  return rows.flatMap((row, index) => (searched.some((column) => matches(String(row[column] ?? ''))) ? [index] : []));
}
