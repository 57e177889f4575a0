// What a table shows of its rows: filtered, sorted, some of them selected. Selected rows are known by key, so that they stay selected
// when the report is asked again.

import { useMemo, useState } from 'react';
import type { WindowTable } from '../../../shared/window/methods';
import { rowKeys } from '../model/table/columns';
import { filterRows, parseFilter } from '../model/table/filter-rows';
import { type RowSelection, selectedPlaces } from '../model/table/row-selection';
import { nextSorting, type Sorting, sortRows } from '../model/table/sort-rows';

interface SelectedKeys {
  readonly anchor: string;
  readonly focus: string;
}

/** The rows in the order in which they are shown, and what changes them. */
export function useTableRows(table: WindowTable) {
  const [filterText, setFilterText] = useState('');
  const [sorting, setSorting] = useState<Sorting>();
  const [selectedKeys, setSelectedKeys] = useState<SelectedKeys>();
  const filter = useMemo(() => parseFilter(filterText), [filterText]);
  const order = useMemo(() => sortRows(table.rows, filterRows(table, filter), sorting), [table, filter, sorting]);
  const keys = useMemo(() => rowKeys(table), [table]);
  const placeOfKey = useMemo(() => new Map(order.map((row, place) => [keys[row], place])), [order, keys]);
  const anchor = selectedKeys && placeOfKey.get(selectedKeys.anchor);
  const focus = selectedKeys && placeOfKey.get(selectedKeys.focus);
  const selection: RowSelection | undefined = focus === undefined ? undefined : { anchor: anchor ?? focus, focus };
  return {
    order,
    keys,
    filterText,
    filterSentence: filter.sentence,
    setFilterText,
    sorting,
    sortBy: (column: number) => setSorting(nextSorting(sorting, column, table.columns[column].isText)),
    selection,
    /** Row numbers of the table, in the order in which they are shown. */
    selectedRows: selectedPlaces(selection, order.length).map((place) => order[place]),
    select: (next: RowSelection | undefined) =>
      setSelectedKeys(next && { anchor: keys[order[next.anchor]], focus: keys[order[next.focus]] }),
  };
}

export type TableRows = ReturnType<typeof useTableRows>;
