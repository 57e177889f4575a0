// Opens one stream to the probe and says hello on it.

import type { Duplex } from 'node:stream';
import { failure } from '../../../shared/util/failure';
import { formatHello, type HelloFields, LineReader, parseHello } from '../../../shared/wire/hello';
import { FORMAT_VERSION } from '../../../shared/wire/limits';
import type { Transport } from './transport';

const ANSWER_MS = 10_000;

export interface Greeted {
  readonly stream: Duplex;
  readonly answer: HelloFields;
  /** What came behind the answer. */
  readonly rest: Uint8Array;
}

function answerOf(line: string, label: string): HelloFields {
  const parsed = parseHello(line);
  if (!parsed.ok)
    throw failure(
      'notAProbe',
      `What answers at ${label} is no probe: ${parsed.error}.`,
      'Check the address and the socket path.',
    );
  const answer = parsed.value;
  if (answer.error)
    throw failure(answer.error, answer.sentence ?? `The probe at ${label} refused.`, answer.remedy ?? '');
  if (answer.version !== String(FORMAT_VERSION)) {
    throw failure(
      'versionMismatch',
      `The probe ${answer.probe ?? ''} at ${label} speaks format version ${answer.version}, this program version ${FORMAT_VERSION}.`,
      'Install the same version of HookAnalyzer on both machines.',
    );
  }
  return answer;
}

/** Connects, says hello with `fields`, and waits for the answer. Throws a FailureError. */
export async function greet(transport: Transport, fields: HelloFields): Promise<Greeted> {
  const stream = await transport.connect();
  stream.on('error', () => stream.destroy()); // 'close' follows and is what counts
  const lines = new LineReader();
  try {
    return await new Promise<Greeted>((resolve, reject) => {
      const silent = failure(
        'silentProbe',
        `The probe at ${transport.label} does not answer.`,
        'Check that it is alive; start it again if it is not.',
      );
      const timer = setTimeout(() => reject(silent), ANSWER_MS);
      const onClose = () => {
        clearTimeout(timer);
        reject(
          failure(
            'lostProbe',
            `The connection to ${transport.label} ended before the probe answered.`,
            'Check that the probe is alive: hookanalyzer serve',
          ),
        );
      };
      const onData = (chunk: Uint8Array) => {
        const read = lines.push(chunk);
        if (read.ok && !read.value) return;
        clearTimeout(timer);
        stream.off('data', onData);
        stream.off('close', onClose);
        stream.pause();
        try {
          if (!read.ok || !read.value)
            throw failure(
              'notAProbe',
              `What answers at ${transport.label} is no probe.`,
              'Check the address and the socket path.',
            );
          resolve({ stream, answer: answerOf(read.value.line, transport.label), rest: read.value.rest });
        } catch (error) {
          reject(error);
        }
      };
      stream.on('data', onData);
      stream.once('close', onClose);
      stream.write(formatHello({ ...fields, version: String(FORMAT_VERSION) }));
    });
  } catch (error) {
    stream.destroy();
    throw error;
  }
}
