// JSON-RPC over a message port: objects go as they are, so nothing is turned into text.

import {
  AbstractMessageReader,
  AbstractMessageWriter,
  createMessageConnection,
  type DataCallback,
  type Disposable,
  type Message,
  type MessageConnection,
} from 'vscode-jsonrpc/node';

/** The parts of Electron's MessagePortMain that are used; tests give a port of node:worker_threads in its place. */
export interface HostPort {
  postMessage(message: unknown): void;
  on(
    event: 'message',
    listener: (event: { readonly data: unknown; readonly ports: readonly HostPort[] }) => void,
  ): void;
  on(event: 'close', listener: () => void): void;
  start(): void;
  close(): void;
}

class PortReader extends AbstractMessageReader {
  constructor(
    private readonly port: HostPort,
    private readonly onOther: (data: unknown, ports: readonly HostPort[]) => void,
  ) {
    super();
  }

  listen(callback: DataCallback): Disposable {
    this.port.on('message', ({ data, ports }) => {
      if ((data as { jsonrpc?: unknown } | undefined)?.jsonrpc === '2.0') callback(data as Message);
      else this.onOther(data, ports);
    });
    this.port.on('close', () => this.fireClose());
    this.port.start();
    return { dispose: () => {} };
  }
}

class PortWriter extends AbstractMessageWriter {
  constructor(private readonly port: HostPort) {
    super();
  }

  async write(message: Message): Promise<void> {
    this.port.postMessage(message);
  }

  end(): void {}
}

/** A connection over the port; `onOther` gets the messages that are no JSON-RPC, with the ports they carry. */
export function connectPort(
  port: HostPort,
  onOther: (data: unknown, ports: readonly HostPort[]) => void,
): MessageConnection {
  return createMessageConnection(new PortReader(port, onOther), new PortWriter(port));
}
