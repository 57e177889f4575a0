import type { RowOf, Table } from '../../../shared/model/column';
import { decodePacket, rowsOf } from '../../../shared/wire/decode';
import { packetErrorSentence } from '../../../shared/wire/header';
import { HEADER_BYTES } from '../../../shared/wire/limits';
import type { TableName, Tables } from '../../../shared/wire/tables';

/** The rows of whole packets by table, in their order. Fails on any packet that does not decode. */
export class DecodedRows {
  readonly sourceIds = new Set<number>();
  private readonly byTable = new Map<string, RowOf<Table>[]>();

  constructor(packets: Uint8Array) {
    for (let at = 0; at < packets.length; ) {
      const decoded = decodePacket(packets.subarray(at));
      if (!decoded.ok) throw new Error(packetErrorSentence(decoded.error));
      const { header, table } = decoded.value;
      this.sourceIds.add(header.sourceId);
      this.byTable.set(table.name, [...(this.byTable.get(table.name) ?? []), ...rowsOf(decoded.value)]);
      at += HEADER_BYTES + header.bodyBytes;
    }
  }

  of<N extends TableName>(name: N): RowOf<Tables[N]>[] {
    return (this.byTable.get(name) ?? []) as unknown as RowOf<Tables[N]>[];
  }

  get tableNames(): string[] {
    return [...this.byTable.keys()];
  }

  /** The text of a string id; undefined when it was never sent. */
  text(id: number): string | undefined {
    return id === 0 ? '' : this.of('string').find((row) => row.id === id)?.text;
  }
}
