// One control connection: JSON-RPC by shared/rpc. Parameters are parsed, failures travel as a code and a Failure.

import type { Socket } from 'node:net';
import { createMessageConnection, ResponseError, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import {
  FAILURE_CODE,
  type RequestName,
  type RequestParams,
  type RequestResult,
  requests,
  type TargetExited,
} from '../../shared/rpc/methods';
import { FailureError } from '../../shared/util/failure';

export type Handlers = {
  readonly [N in RequestName]: (params: RequestParams<N>) => Promise<RequestResult<N>> | RequestResult<N>;
};

/** Serves the requests of one connection. Returns how to tell it that a target exited. */
export function serveControl(socket: Socket, handlers: Handlers): (exited: TargetExited) => void {
  const connection = createMessageConnection(new StreamMessageReader(socket), new StreamMessageWriter(socket));
  for (const name of Object.keys(requests) as RequestName[]) {
    connection.onRequest(name, async (raw: unknown) => {
      const params = requests[name].params.safeParse(raw ?? {});
      if (!params.success) {
        const issue = params.error.issues[0];
        return new ResponseError(-32602, `${name}: ${issue.path.join('.')}: ${issue.message}`);
      }
      try {
        return await (handlers[name] as (params: unknown) => unknown)(params.data);
      } catch (error) {
        if (error instanceof FailureError) return new ResponseError(FAILURE_CODE, error.message, error.failure);
        throw error;
      }
    });
  }
  connection.onError(() => socket.destroy());
  connection.listen();
  return (exited) => {
    if (!socket.destroyed) void connection.sendNotification('target/exited', exited);
  };
}
