// What a target writes, as `output` rows. Pieces are cut at characters' edges; bytes that are no UTF-8 become the replacement
// character, as in a terminal.

import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { enums } from '../../shared/model/enums';
import { encodePacket } from '../../shared/wire/encode';
import { STRING_BYTES_MAX } from '../../shared/wire/limits';
import { tables } from '../../shared/wire/tables';
import type { FlowGate } from '../daemon/flow-gate';
import type { OwnRows } from '../daemon/own-rows';

/** Ends of pieces of at most `bytesMax` bytes, each at a character's edge. */
export function cutText(bytes: Uint8Array, bytesMax = STRING_BYTES_MAX): number[] {
  const ends: number[] = [];
  let begin = 0;
  while (bytes.length - begin > bytesMax) {
    let end = begin + bytesMax;
    while ((bytes[end] & 0xc0) === 0x80) end--;
    ends.push(end);
    begin = end;
  }
  if (bytes.length > begin) ends.push(bytes.length);
  return ends;
}

function appendOutput(own: OwnRows, pid: number, stream: keyof typeof enums.outputStream, text: string): void {
  const bytes = new TextEncoder().encode(text);
  const ends = cutText(bytes);
  if (ends.length === 0) return;
  const columns = {
    timeNs: new Float64Array(ends.length).fill(own.nowNs()),
    pid: new Uint32Array(ends.length).fill(pid),
    stream: new Uint8Array(ends.length).fill(enums.outputStream[stream]),
    text: { byteEnd: Uint32Array.from(ends), bytes },
  };
  own.appendPacket(tables.output, encodePacket(tables.output, columns, ends.length), ends.length);
}

/** Reads one stream of a target to its end. Resolves when it is closed. */
export function recordOutput(
  pipe: Readable,
  { own, gate, pid, stream }: { own: OwnRows; gate: FlowGate; pid: number; stream: keyof typeof enums.outputStream },
): Promise<void> {
  const decoder = new StringDecoder('utf8');
  return new Promise((resolve) => {
    pipe.on('data', (chunk: Buffer) => appendOutput(own, pid, stream, decoder.write(chunk)));
    const leaveGate = gate.add(pipe);
    pipe.on('close', () => {
      leaveGate();
      appendOutput(own, pid, stream, decoder.end());
      resolve();
    });
    pipe.on('error', () => pipe.destroy());
  });
}
