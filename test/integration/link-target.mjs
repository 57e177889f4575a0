// A program to be recorded that needs no GPU: speaks the collector's part and sends packets prepared by the test, slowly.
// node link-target.mjs PACKETS.bin PAUSE_MS EXIT_CODE

import { readFileSync } from 'node:fs';
import net from 'node:net';
import { setTimeout as waitMs } from 'node:timers/promises';

const HEADER_BYTES = 32;
const BODY_BYTES_AT = 24;
const [file, pauseMs, exitCode] = process.argv.slice(2);
const { HOOKANALYZER_SOCKET: socketPath, HOOKANALYZER_TARGET: target } = process.env;

const bytes = readFileSync(file);
const socket = net.connect(socketPath);
socket.write(`HKA1 role=collector version=1 pid=${process.pid} target=${target} kinds=kernel\n`);
await new Promise((resolve) => socket.once('data', resolve));
process.stdout.write('begin\n');
for (let at = 0; at < bytes.length; ) {
  const end = at + HEADER_BYTES + bytes.readUInt32LE(at + BODY_BYTES_AT);
  await new Promise((resolve) => socket.write(bytes.subarray(at, end), resolve));
  at = end;
  await waitMs(Number(pauseMs));
}
process.stdout.write('done\n');
await new Promise((resolve) => socket.end(resolve));
process.exitCode = Number(exitCode);
