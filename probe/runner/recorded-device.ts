// A device whose rows reach the probe: the CPU device records itself and talks to the probe named by $HOOKANALYZER_SOCKET; a CUDA device is
// recorded by the injected collector. Without a probe the work runs all the same.

import { enums, TRACE_KINDS_DEFAULT } from '../../shared/model/enums';
import { sessionFromMonotonic } from '../../shared/units/units';
import { FailureError } from '../../shared/util/failure';
import { encodeRows } from '../../shared/wire/encode';
import { tables } from '../../shared/wire/tables';
import type { ComputeDevice, NativeAddon } from './addon';
import type { RunnerArguments } from './arguments';
import { chooseDevice } from './device';
import { connectToProbe, type ProbeConnection } from './probe-connection';

/** At most half of the 50 ms within which rows must be on their way: the timer fires late by up to one round of inferences. */
const SEND_MS = 25;

/** For people; standard error. */
export function tell(text: string): void {
  process.stderr.write(`runner: ${text}\n`);
}

/** The connection to the probe, or undefined without one. The workload goes on in any case. */
export async function connectIfAsked({ takesChanges = false } = {}): Promise<ProbeConnection | undefined> {
  const socketPath = process.env.HOOKANALYZER_SOCKET;
  if (!socketPath) return undefined;
  const kinds = process.env.HOOKANALYZER_KINDS || TRACE_KINDS_DEFAULT.join(',');
  try {
    return await connectToProbe({ socketPath, target: process.env.HOOKANALYZER_TARGET ?? '', kinds, takesChanges });
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    tell(`${error.message} The workload runs unrecorded.`);
    return undefined;
  }
}

/** The process's first row: it also says that the collector's source, if there is one, is of the same process. */
export function sendStart(connection: ProbeConnection): void {
  sendProcess(connection, enums.processEvent.started);
}

/** The process's last row. The exit code is for the probe to know, which waits for it. */
export function sendExit(connection: ProbeConnection): void {
  sendProcess(connection, enums.processEvent.exited);
}

function sendProcess(connection: ProbeConnection, event: number): void {
  const timeNs = sessionFromMonotonic(process.hrtime.bigint(), connection.epochNs);
  const row = {
    timeNs,
    event,
    pid: process.pid,
    parentPid: process.ppid,
    exitCode: -1,
    executable: process.execPath,
    arguments: process.argv.join(' '),
  };
  connection.send(encodeRows(tables.process, [row], connection.sourceId));
}

/** Runs `work` on a device of its own and sends its rows meanwhile. */
export async function withDevice<T>(
  addon: NativeAddon,
  options: RunnerArguments,
  work: (device: ComputeDevice) => T | Promise<T>,
): Promise<T> {
  const kind = chooseDevice(addon, options.device);
  const connection = kind === 'cpu' ? await connectIfAsked() : undefined;
  const { epochNs, sourceId } = connection ?? {};
  const device =
    kind === 'cuda'
      ? addon.createCudaDevice({})
      : addon.createCpuDevice({ threads: options.threads, epochNs, sourceId });
  const send = () => connection?.send(device.takePackets());
  let timer: NodeJS.Timeout | undefined;
  if (connection) {
    device.setKinds(connection.kinds);
    connection.onKinds = (kinds) => device.setKinds(kinds);
    timer = setInterval(send, SEND_MS);
  }
  try {
    return await work(device);
  } finally {
    clearInterval(timer);
    send();
    if (connection) {
      connection.onKinds = undefined;
      sendExit(connection);
      const leftBytes = await connection.close();
      if (leftBytes > 0) tell(`the probe did not take the last ${leftBytes} bytes of rows in time.`);
    }
    device.close();
  }
}
