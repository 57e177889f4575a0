// Opens one connection to the probe: our hello line, its answer. What follows on the stream belongs to the caller.

import type { Duplex } from 'node:stream';
import { type FailureError, failure } from '../../../shared/util/failure';
import { formatHello, type HelloFields, LineReader, parseHello } from '../../../shared/wire/hello';
import { FORMAT_VERSION } from '../../../shared/wire/limits';
import type { Transport } from './transport';

export interface Greeting {
  readonly stream: Duplex;
  readonly probeVersion: string;
  readonly sessionId: string;
  /** CLOCK_MONOTONIC at SessionNs 0, in nanoseconds. */
  readonly epochNs: bigint;
  readonly fields: HelloFields;
  /** Bytes that came behind the answer. */
  readonly rest: Uint8Array;
}

/** How long the probe may take to answer a hello: it needs microseconds, the rest is for a slow link. */
export const GREETING_MS_MAX = 10_000;

function silent(label: string, sentence: string): FailureError {
  return failure('probeSilent', `The probe on ${label} ${sentence}.`, 'Restart it there with `hookanalyzer serve`.');
}

function refusal(label: string, answer: HelloFields): FailureError {
  const { error, sentence, remedy } = answer;
  return failure(error, sentence ?? `The probe on ${label} refused the connection (${error}).`, remedy ?? '');
}

function parseAnswer(line: string, label: string): Omit<Greeting, 'stream' | 'rest'> {
  const parsed = parseHello(line);
  if (!parsed.ok) throw silent(label, `answered in an unknown way: ${parsed.error}`);
  const fields = parsed.value;
  if (fields.error !== undefined) throw refusal(label, fields);
  if (fields.version !== String(FORMAT_VERSION)) {
    const newer = Number(fields.version) > FORMAT_VERSION ? 'this program' : 'the probe';
    throw failure(
      'versionMismatch',
      `The probe on ${label} (${fields.probe ?? 'unknown version'}) speaks format version ${fields.version}; this program speaks version ${FORMAT_VERSION}.`,
      `Update ${newer}, so that both have the same version.`,
    );
  }
  if (fields.ok !== '1' || !fields.session || !/^-?\d{1,20}$/.test(fields.epochNs ?? '')) {
    throw silent(label, 'gave an incomplete answer');
  }
  return { probeVersion: fields.probe ?? '', sessionId: fields.session, epochNs: BigInt(fields.epochNs), fields };
}

function readAnswer(stream: Duplex, label: string): Promise<{ line: string; rest: Uint8Array }> {
  return new Promise((resolve, reject) => {
    const reader = new LineReader();
    const timer = setTimeout(
      () => settle(() => reject(silent(label, `did not answer within ${GREETING_MS_MAX / 1000} s`))),
      GREETING_MS_MAX,
    );
    const onEnd = () => settle(() => reject(silent(label, 'closed the connection before it answered')));
    const onData = (chunk: Uint8Array) => {
      const read = reader.push(chunk);
      if (!read.ok) settle(() => reject(silent(label, `answered in an unknown way: ${read.error}`)));
      else if (read.value) {
        const found = read.value;
        stream.pause(); // nobody listens until the caller does, and nothing may be missed
        settle(() => resolve(found));
      }
    };
    const settle = (done: () => void) => {
      clearTimeout(timer);
      stream.off('data', onData).off('end', onEnd).off('close', onEnd).off('error', onEnd);
      done();
    };
    stream.on('data', onData).on('end', onEnd).on('close', onEnd).on('error', onEnd);
  });
}

/**
 * Ends a stream for good. A channel of ssh2 neither marks itself destroyed nor closes while bytes wait in it, so what is left
 * is read and thrown away; whoever calls this has stopped listening.
 */
export function endStream(stream: Duplex): void {
  stream.removeAllListeners('data');
  stream.resume();
  stream.destroy();
}

/**
 * Connects and greets. `fields` are the hello's own keys, such as role and cursor; the version is added. Throws FailureError:
 * the transport's, the probe's refusal as it gave it, `versionMismatch` or `probeSilent`. The stream comes back paused.
 */
export async function greet(transport: Transport, fields: HelloFields): Promise<Greeting> {
  const stream = await transport.connect();
  const ignoreError = () => {}; // whoever uses the stream sees its close; an error without a listener would end the process
  stream.on('error', ignoreError);
  try {
    stream.write(formatHello({ version: String(FORMAT_VERSION), ...fields }));
    const { line, rest } = await readAnswer(stream, transport.label);
    return { stream, rest, ...parseAnswer(line, transport.label) };
  } catch (error) {
    endStream(stream);
    throw error;
  }
}
