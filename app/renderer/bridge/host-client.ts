// The page's side of the host's port: requests, notifications and questions of shared/window, by type.

import {
  AbstractMessageReader,
  AbstractMessageWriter,
  CancellationTokenSource,
  createMessageConnection,
  type DataCallback,
  type Disposable,
  type Message,
  type MessageConnection,
  ResponseError,
} from 'vscode-jsonrpc/browser';
import { type Failure, FailureError, failure } from '../../../shared/util/failure';
import type {
  AttachDataPort,
  WindowNotificationName,
  WindowNotificationParams,
  WindowQuestionName,
  WindowQuestionParams,
  WindowQuestionResult,
  WindowRequestName,
  WindowRequestParams,
  WindowRequestResult,
} from '../../../shared/window/methods';

class PortReader extends AbstractMessageReader {
  constructor(private readonly port: MessagePort) {
    super();
  }

  listen(callback: DataCallback): Disposable {
    this.port.onmessage = ({ data }) => callback(data as Message);
    return { dispose: () => this.port.close() };
  }
}

class PortWriter extends AbstractMessageWriter {
  constructor(private readonly port: MessagePort) {
    super();
  }

  async write(message: Message): Promise<void> {
    this.port.postMessage(message);
  }

  end(): void {}
}

function failureOf(error: unknown): FailureError {
  if (error instanceof FailureError) return error;
  const data = error instanceof ResponseError ? (error.data as Partial<Failure> | undefined) : undefined;
  if (data?.sentence) return failure(data.code ?? 'failed', data.sentence, data.remedy ?? '');
  return failure('hostGone', 'The process that holds the sessions does not answer.', 'It is started again by itself.');
}

export class HostClient {
  private readonly connection: MessageConnection;

  constructor(private readonly port: MessagePort) {
    this.connection = createMessageConnection(new PortReader(port), new PortWriter(port));
    this.connection.listen();
  }

  /** One request. Throws FailureError, `cancelled` among them when `signal` is aborted. */
  async request<N extends WindowRequestName>(
    name: N,
    params: WindowRequestParams<N>,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<WindowRequestResult<N>> {
    const source = new CancellationTokenSource();
    const cancel = () => source.cancel();
    signal?.addEventListener('abort', cancel);
    try {
      return (await this.connection.sendRequest(name, params, source.token)) as WindowRequestResult<N>;
    } catch (error) {
      throw failureOf(error);
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  on<N extends WindowNotificationName>(name: N, listener: (params: WindowNotificationParams<N>) => void): void {
    this.connection.onNotification(name, (params: unknown) => listener(params as WindowNotificationParams<N>));
  }

  /** Answers a question of the host. */
  answer<N extends WindowQuestionName>(
    name: N,
    ask: (params: WindowQuestionParams<N>) => Promise<WindowQuestionResult<N>>,
  ): void {
    this.connection.onRequest(name, (params: unknown) => ask(params as WindowQuestionParams<N>));
  }

  /** Hands over the port through which the session's rows will come. */
  attach(session: number, dataPort: MessagePort): void {
    this.port.postMessage({ attach: session } satisfies AttachDataPort, [dataPort]);
  }

  /** Requests that wait are rejected. */
  close(): void {
    this.connection.dispose();
    this.port.close();
  }
}
