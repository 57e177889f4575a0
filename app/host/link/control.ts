// The control connection: JSON-RPC with the schemas of shared/rpc on both ends of every message.

import {
  CancellationTokenSource,
  createMessageConnection,
  type Message,
  type MessageConnection,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import type { z } from 'zod';
import {
  FAILURE_CODE,
  type NotificationName,
  notifications,
  type RequestName,
  type RequestParams,
  type RequestResult,
  requests,
} from '../../../shared/rpc/methods';
import { type Failure, FailureError, failure } from '../../../shared/util/failure';
import { endStream, type Greeting, greet } from './greeting';
import { cancelledFailure, lostFailure } from './link-failure';
import type { Transport } from './transport';

export type NotificationParams<N extends NotificationName> = z.output<(typeof notifications)[N]>;

export interface RequestOptions {
  readonly signal?: AbortSignal;
}

function isFailure(value: unknown): value is Failure {
  const { code, sentence, remedy } = (value ?? {}) as Partial<Record<keyof Failure, unknown>>;
  return typeof code === 'string' && typeof sentence === 'string' && typeof remedy === 'string';
}

// The library answers a failed write twice: with a rejected request, and with a rejection that nobody can catch and that would
// end the process. A write fails only when the connection is over, so ending it is the whole answer.
class GuardedWriter extends StreamMessageWriter {
  onFailed = () => {};

  override async write(message: Message): Promise<void> {
    try {
      await super.write(message);
    } catch {
      this.onFailed();
    }
  }
}

export class ControlConnection {
  private constructor(
    readonly greeting: Greeting,
    private readonly label: string,
    private readonly connection: MessageConnection,
    readonly close: () => void,
  ) {}

  /** Connects with role control. Throws FailureError. `onNotification` gets only messages that fit their schema. */
  static async open(
    transport: Transport,
    onNotification: <N extends NotificationName>(name: N, params: NotificationParams<N>) => void,
    onClose: () => void,
  ): Promise<ControlConnection> {
    const greeting = await greet(transport, { role: 'control' });
    const { stream, rest } = greeting;
    if (rest.length > 0) stream.unshift(Buffer.from(rest));
    const writer = new GuardedWriter(stream);
    const connection = createMessageConnection(new StreamMessageReader(stream), writer);
    for (const name of Object.keys(notifications) as NotificationName[]) {
      connection.onNotification(name, (params: unknown) => {
        const parsed = notifications[name].safeParse(params);
        if (parsed.success) onNotification(name, parsed.data);
      });
    }
    let isClosed = false;
    const close = () => {
      if (isClosed) return;
      isClosed = true;
      connection.dispose(); // rejects what waits for an answer
      endStream(stream);
      onClose();
    };
    writer.onFailed = close;
    connection.onClose(close);
    connection.onError(close);
    stream.once('close', close).once('end', close);
    connection.listen();
    stream.resume();
    return new ControlConnection(greeting, transport.label, connection, close);
  }

  /** One request. Throws the probe's FailureError as it gave it, or `linkLost`, `cancelled`, `badAnswer`. */
  async request<N extends RequestName>(
    name: N,
    params: RequestParams<N>,
    { signal }: RequestOptions = {},
  ): Promise<RequestResult<N>> {
    const source = new CancellationTokenSource();
    const cancel = () => source.cancel();
    signal?.addEventListener('abort', cancel);
    try {
      if (signal?.aborted) throw cancelledFailure();
      const answer: unknown = await this.connection.sendRequest(name, params, source.token);
      const parsed = requests[name].result.safeParse(answer);
      if (parsed.success) return parsed.data as RequestResult<N>;
      throw failure('badAnswer', `The probe on ${this.label} answered ${name} in an unknown way.`, 'Update the probe.');
    } catch (error) {
      throw this.failureOf(error, signal);
    } finally {
      signal?.removeEventListener('abort', cancel);
      source.dispose();
    }
  }

  private failureOf(error: unknown, signal: AbortSignal | undefined): FailureError {
    if (error instanceof FailureError) return error;
    if (signal?.aborted) return cancelledFailure();
    if (error instanceof ResponseError) {
      if (error.code === FAILURE_CODE && isFailure(error.data)) return new FailureError(error.data);
      // Codes between -32099 and -32000 are the library's own: the connection was closed or disposed under the request.
      if (error.code > -32_100 && error.code < FAILURE_CODE) return lostFailure(this.label);
      return failure('badAnswer', `The probe on ${this.label} refused: ${error.message}.`, 'Update the probe.');
    }
    return lostFailure(this.label);
  }
}
