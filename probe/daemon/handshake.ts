// The line that opens a connection, and the line that answers it. shared/wire/README.md is the law.

import type { Socket } from 'node:net';
import { type Failure, type FailureError, failure } from '../../shared/util/failure';
import { formatHello, type HelloFields, LineReader, parseHello } from '../../shared/wire/hello';
import { FORMAT_VERSION } from '../../shared/wire/limits';
import { HELLO_MS_MAX } from './limits';
import { PROBE_VERSION } from './version';

export interface Hello {
  readonly fields: HelloFields;
  /** What came behind the line. */
  readonly rest: Uint8Array;
}

function badHello(clause: string): FailureError {
  return failure('badHello', `The hello cannot be read: ${clause}.`, 'Connect with a program of HookAnalyzer.');
}

/** Reads the hello. The socket is paused afterwards. Throws a FailureError; undefined when the other side just went away. */
export function readHello(socket: Socket, msMax = HELLO_MS_MAX): Promise<Hello | undefined> {
  const lines = new LineReader();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => finish(() => reject(badHello(`no whole line came within ${msMax / 1000} s`))),
      msMax,
    );
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      socket.pause();
      socket.off('data', onChunk);
      socket.off('close', onClose);
      socket.off('end', onClose);
      settle();
    };
    const onClose = () => finish(() => resolve(undefined));
    const onChunk = (chunk: Uint8Array) => {
      const read = lines.push(chunk);
      if (read.ok && !read.value) return;
      const fields = read.ok ? parseHello(read.value?.line ?? '') : read;
      const rest = (read.ok && read.value?.rest) || new Uint8Array(0);
      finish(() => (fields.ok ? resolve({ fields: fields.value, rest }) : reject(badHello(fields.error))));
    };
    socket.on('data', onChunk);
    socket.on('close', onClose);
    socket.on('end', onClose);
  });
}

/** Throws the failure that names both versions when the other side speaks another one. */
export function checkVersion(fields: HelloFields): void {
  const version = Number(fields.version);
  if (version === FORMAT_VERSION) return;
  if (!Number.isInteger(version) || version < 1) throw badHello('it names no version');
  const [older, newer] = version < FORMAT_VERSION ? ['connecting side', 'probe'] : ['probe', 'connecting side'];
  throw failure(
    'versionMismatch',
    `The probe ${PROBE_VERSION} speaks format version ${FORMAT_VERSION}, the connecting side speaks version ${version}.`,
    `Install on the ${older} the HookAnalyzer that the ${newer} has, and restart it.`,
  );
}

/** The positive answer. */
export function answerHello(socket: Socket, fields: Record<string, string>): void {
  socket.write(formatHello({ ok: '1', version: String(FORMAT_VERSION), probe: PROBE_VERSION, ...fields }));
}

/** The negative answer, and the end of the connection. */
export function refuseHello(socket: Socket, { code, sentence, remedy }: Failure): void {
  socket.end(formatHello({ error: code, version: String(FORMAT_VERSION), probe: PROBE_VERSION, sentence, remedy }));
  socket.destroySoon();
}
