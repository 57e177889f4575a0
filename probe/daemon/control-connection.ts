// JSON-RPC on one control connection: requests of shared/rpc, parsed by their schemas, answered by the daemon's handlers. A
// FailureError crosses as an error with its Failure as data.

import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import {
  createMessageConnection,
  type MessageConnection,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import type { z } from 'zod';
import {
  FAILURE_CODE,
  type NotificationName,
  type notifications,
  type RequestName,
  requests,
} from '../../shared/rpc/methods';
import { type Failure, FailureError } from '../../shared/util/failure';

export type Handlers = {
  [N in RequestName]: (
    params: z.output<(typeof requests)[N]['params']>,
  ) => z.input<(typeof requests)[N]['result']> | Promise<z.input<(typeof requests)[N]['result']>>;
};

function responseError(error: unknown): unknown {
  if (!(error instanceof FailureError)) return error;
  return new ResponseError<Failure>(FAILURE_CODE, error.message, error.failure);
}

function badParams(method: string, error: z.ZodError): ResponseError<Failure> {
  const [issue] = error.issues;
  const place = issue.path.length > 0 ? ` at ${issue.path.join('.')}` : '';
  const sentence = `The parameters of ${method} are wrong${place}: ${issue.message}.`;
  return new ResponseError(FAILURE_CODE, sentence, {
    code: 'badParams',
    sentence,
    remedy: 'Install the same version of HookAnalyzer on both sides.',
  });
}

export interface ControlOptions {
  readonly socket: Socket;
  readonly rest: Uint8Array;
  readonly handlers: Handlers;
  readonly onClosed: () => void;
}

export class ControlConnection {
  private readonly connection: MessageConnection;

  constructor(private readonly options: ControlOptions) {
    const { socket, rest, handlers } = options;
    const input = new PassThrough();
    if (rest.length > 0) input.write(rest);
    socket.pipe(input);
    this.connection = createMessageConnection(new StreamMessageReader(input), new StreamMessageWriter(socket));
    for (const name of Object.keys(requests) as RequestName[]) this.answer(name, handlers);
    this.connection.onError(() => socket.destroy());
    socket.on('close', () => {
      this.connection.dispose();
      options.onClosed();
    });
    this.connection.listen();
  }

  private answer<N extends RequestName>(name: N, handlers: Handlers): void {
    this.connection.onRequest(name, async (raw: unknown) => {
      const parsed = requests[name].params.safeParse(raw ?? {});
      if (!parsed.success) throw badParams(name, parsed.error);
      try {
        return await handlers[name](parsed.data as Parameters<Handlers[N]>[0]);
      } catch (error) {
        throw responseError(error);
      }
    });
  }

  notify<N extends NotificationName>(name: N, params: z.input<(typeof notifications)[N]>): void {
    if (!this.options.socket.writable) return;
    // A connection that breaks now ends by its own 'close'.
    this.connection.sendNotification(name, params).catch(() => this.options.socket.destroy());
  }

  close(): void {
    this.options.socket.destroySoon();
  }
}
