// One connection of a lane after its greeting: bytes in, packets out, credit lines back.

import { type PacketError, type PacketHeader, packetErrorSentence } from '../../../shared/wire/header';
import { formatHello } from '../../../shared/wire/hello';
import { PacketReader } from '../../../shared/wire/packet-reader';
import { endStream, type Greeting } from './greeting';

/** Ends the connection with a clause for people. */
export type Close = (reason: string) => void;

export interface LaneStreamOptions {
  /** As PacketReaderOptions.reuse. */
  readonly reuseBytes: boolean;
  readonly onBytes: (count: number) => void;
  readonly onPacket: (packet: Uint8Array, header: PacketHeader, close: Close) => void;
  readonly onDamaged: (header: PacketHeader, error: PacketError, close: Close) => void;
  /** Called once, and no packet comes after it. */
  readonly onClosed: (reason: string) => void;
}

export interface LaneStream {
  /** False when the connection is over: the bytes were not given. */
  readonly giveCredit: (bytes: number) => boolean;
  readonly close: Close;
}

/** Begins to read. `onClosed` may come before this returns, when the stream is already over. */
export function readLane(greeting: Greeting, options: LaneStreamOptions): LaneStream {
  const { stream, rest } = greeting;
  let isOpen = true;
  const close = (reason: string) => {
    if (!isOpen) return;
    isOpen = false;
    endStream(stream);
    options.onClosed(reason);
  };
  const reader = new PacketReader({
    reuse: options.reuseBytes,
    onPacket: (packet, header) => {
      if (isOpen) options.onPacket(packet, header, close);
    },
    onDamaged: (header, error) => {
      if (isOpen) options.onDamaged(header, error, close);
    },
  });
  const push = (chunk: Uint8Array) => {
    if (!isOpen) return;
    options.onBytes(chunk.length);
    const error = reader.push(chunk);
    if (error) close(packetErrorSentence(error));
  };
  const onEnd = () => close('the probe closed the connection');
  stream.on('error', (error) => close(error.message));
  stream.on('end', onEnd).on('close', onEnd);
  push(rest);
  if (stream.destroyed) close('the connection was closed');
  if (isOpen) stream.on('data', push).resume();
  return {
    giveCredit: (bytes) => {
      if (!isOpen || !stream.writable) return false;
      stream.write(formatHello({ credit: String(bytes) }));
      return true;
    },
    close,
  };
}
