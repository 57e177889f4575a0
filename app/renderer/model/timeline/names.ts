// What slices are called. A row holds one number, the index of its name here; the name knows the table, the text and a colour of
// its own. Rows may come before the string that names them, so texts are filled in later and `version` counts up.

import { shortNameOf } from './short-name';

export type SliceTable =
  | 'kernel'
  | 'memcpy'
  | 'memset'
  | 'api'
  | 'range'
  | 'sync'
  | 'overhead'
  | 'loss'
  | 'gap'
  | 'diagnostic';

/** Tables whose names come from the string table. */
export type NamedTable = 'kernel' | 'api' | 'range' | 'overhead';

export interface SliceName {
  readonly table: SliceTable;
  /** Readable and whole. */
  text: string;
  /** Fits on a slice. */
  shortText: string;
  /** Of copies: a value of enum copyDirection; of diagnostics: the severity; else 0. */
  readonly variant: number;
  /** Given by NVTX; 0 is none. */
  readonly argb: number;
  /** How many rows have it. */
  rowCount: number;
}

interface SourceStrings {
  readonly texts: Map<number, string>;
  /** Names that show a string, by its id. */
  readonly users: Map<number, number[]>;
  /** Name index by string id, for each table. */
  readonly byTable: Map<NamedTable, Map<number, number>>;
  readonly colored: Map<string, number>;
}

export class NameTable {
  readonly names: SliceName[] = [];
  /** Counts up when a text changed or a name was added. */
  version = 0;
  private readonly sources = new Map<number, SourceStrings>();
  private readonly fixed = new Map<string, number>();

  /** Takes one row of the string table. */
  setText(source: number, id: number, text: string): void {
    const strings = this.stringsOf(source);
    strings.texts.set(id, text);
    for (const index of strings.users.get(id) ?? []) {
      this.names[index].text = text;
      this.names[index].shortText = this.shortTextOf(this.names[index].table, text);
    }
    this.version += 1;
  }

  /** The text of a string, or what stands for it until it comes. */
  textOf(source: number, id: number): string {
    return id === 0 ? '' : (this.sources.get(source)?.texts.get(id) ?? `name ${id}`);
  }

  /** Index of the name of a row whose table keeps string ids. */
  ofString(source: number, table: NamedTable, id: number): number {
    const strings = this.stringsOf(source);
    let byId = strings.byTable.get(table);
    if (!byId) {
      byId = new Map();
      strings.byTable.set(table, byId);
    }
    const known = byId.get(id);
    if (known !== undefined) return known;
    const index = this.addOfString(strings, source, table, id, 0);
    byId.set(id, index);
    return index;
  }

  /** The same for a range with a colour of its own. */
  ofColoredRange(source: number, id: number, argb: number): number {
    if (argb === 0) return this.ofString(source, 'range', id);
    const strings = this.stringsOf(source);
    const key = `${id}.${argb}`;
    const known = strings.colored.get(key);
    if (known !== undefined) return known;
    const index = this.addOfString(strings, source, 'range', id, argb);
    strings.colored.set(key, index);
    return index;
  }

  /** Index of a name that no string table holds. */
  ofText(table: SliceTable, text: string, variant = 0, shortText = text): number {
    const key = `${table}.${variant}.${text}`;
    const known = this.fixed.get(key);
    if (known !== undefined) return known;
    const index = this.add({ table, text, shortText, variant, argb: 0, rowCount: 0 });
    this.fixed.set(key, index);
    return index;
  }

  private addOfString(strings: SourceStrings, source: number, table: NamedTable, id: number, argb: number): number {
    const text = this.textOf(source, id);
    const index = this.add({ table, text, shortText: this.shortTextOf(table, text), variant: 0, argb, rowCount: 0 });
    const users = strings.users.get(id);
    if (users) users.push(index);
    else strings.users.set(id, [index]);
    return index;
  }

  private add(name: SliceName): number {
    this.version += 1;
    return this.names.push(name) - 1;
  }

  private shortTextOf(table: SliceTable, text: string): string {
    return table === 'kernel' ? shortNameOf(text) : text;
  }

  private stringsOf(source: number): SourceStrings {
    let strings = this.sources.get(source);
    if (!strings) {
      strings = { texts: new Map(), users: new Map(), byTable: new Map(), colored: new Map() };
      this.sources.set(source, strings);
    }
    return strings;
  }
}
