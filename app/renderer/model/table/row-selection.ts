// Which rows are selected, by place in what is shown: from an anchor to a focus, as in every list.

export interface RowSelection {
  /** Where the selection began. */
  readonly anchor: number;
  /** Where the arrow keys go on from. */
  readonly focus: number;
}

const clamp = (value: number, max: number) => Math.max(0, Math.min(max, value));

/** The selection after a key, or undefined when the key does not move it. `pageCount` is how many rows are in view. */
export function moveSelection(
  selection: RowSelection | undefined,
  { key, shiftKey }: { readonly key: string; readonly shiftKey: boolean },
  rowCount: number,
  pageCount: number,
): RowSelection | undefined {
  if (rowCount === 0) return undefined;
  const from = selection?.focus ?? -1;
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: from + 1,
    ArrowUp: selection ? from - 1 : rowCount - 1,
    PageDown: from + pageCount,
    PageUp: from - pageCount,
    Home: 0,
    End: rowCount - 1,
  };
  if (!Object.hasOwn(steps, key)) return undefined;
  const focus = clamp(steps[key], rowCount - 1);
  return { anchor: shiftKey && selection ? selection.anchor : focus, focus };
}

/** Places of the selected rows, from the first to the last; none beyond rowCount. */
export function selectedPlaces(selection: RowSelection | undefined, rowCount: number): number[] {
  if (!selection) return [];
  const first = Math.min(selection.anchor, selection.focus);
  const last = Math.min(Math.max(selection.anchor, selection.focus), rowCount - 1);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}
