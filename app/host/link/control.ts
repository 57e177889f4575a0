// One control connection: typed JSON-RPC by shared/rpc. A Failure of the probe is thrown here as the same Failure.

import type { Duplex } from 'node:stream';
import {
  createMessageConnection,
  type MessageConnection,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import {
  FAILURE_CODE,
  type RequestName,
  type RequestParams,
  type RequestResult,
  requests,
  type TargetExited,
  targetExited,
} from '../../../shared/rpc/methods';
import { type Failure, FailureError, failure } from '../../../shared/util/failure';
import { greet } from './hello';
import type { Transport } from './transport';

export class Control {
  private constructor(
    private readonly stream: Duplex,
    private readonly connection: MessageConnection,
    /** Resolves when the connection is over. */
    readonly ended: Promise<void>,
  ) {}

  /** Connects. Throws a FailureError. */
  static async open(transport: Transport, onExited: (exited: TargetExited) => void = () => {}): Promise<Control> {
    const { stream, rest } = await greet(transport, { role: 'control' });
    if (rest.length > 0) stream.unshift(rest);
    const connection = createMessageConnection(new StreamMessageReader(stream), new StreamMessageWriter(stream));
    connection.onNotification('target/exited', (raw: unknown) => {
      const exited = targetExited.safeParse(raw);
      if (exited.success) onExited(exited.data);
    });
    const ended = new Promise<void>((resolve) => {
      stream.once('end', () => stream.destroy());
      stream.once('close', () => {
        connection.dispose();
        resolve();
      });
    });
    connection.onError(() => stream.destroy());
    connection.listen();
    stream.resume();
    return new Control(stream, connection, ended);
  }

  /** Asks the probe. Throws a FailureError, also when the connection ends before the answer. */
  async request<N extends RequestName>(name: N, params: RequestParams<N>): Promise<RequestResult<N>> {
    const lost = this.ended.then(() => {
      throw failure('linkLost', 'The connection to the probe ended before it answered.', 'Try again.');
    });
    try {
      const raw = await Promise.race([this.connection.sendRequest(name, params), lost]);
      return requests[name].result.parse(raw) as RequestResult<N>;
    } catch (error) {
      if (error instanceof ResponseError && error.code === FAILURE_CODE) throw new FailureError(error.data as Failure);
      throw error;
    } finally {
      lost.catch(() => {}); // nobody waits for it any more
    }
  }

  close(): void {
    this.stream.destroy();
  }
}
