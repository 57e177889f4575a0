// A source of bytes in a process of its own, for link-throughput.ts: node -e SOURCE SOCKET PACKET_FILE PACKET_COUNT.
// A connection that opens with RAW gets the bytes at once; one that opens with a hello gets them as a probe sends them: stamped,
// within its credit, and a mark at the end.

import { readFileSync } from 'node:fs';
import net from 'node:net';

const [socketPath, packetFile, countText] = process.argv.slice(1);
const packetCount = Number(countText);
const all = readFileSync(packetFile);
const sessionBytes = 32 + all.readUInt32LE(24);
const session = all.subarray(0, sessionBytes);
const markAt = all.length - 32;
const mark = all.subarray(markAt);
const packet = all.subarray(sessionBytes, markAt);
const RUN_PACKETS = 4;
const CREDIT_LINE = /HKA1 credit=(\d+)\n/g;

function stamped(source, sequence) {
  const copy = Buffer.from(source);
  copy.writeBigUInt64LE(BigInt(sequence), 16);
  return copy;
}

async function sendRaw(socket) {
  for (let sent = 0; sent < packetCount; sent++) {
    if (!socket.write(packet)) await new Promise((resolve) => socket.once('drain', resolve));
  }
  socket.end();
}

// Two runs in turn are enough: one is stamped anew when the socket has taken it, while it still takes the other.
async function sendBulk(socket, take) {
  const runs = [0, 1].map(() => Buffer.concat(Array.from({ length: RUN_PACKETS }, () => packet)));
  const taken = [undefined, undefined];
  let sequence = 2;
  for (let sent = 0; sent < packetCount; sent += RUN_PACKETS) {
    const turn = (sent / RUN_PACKETS) % 2;
    const run = runs[turn];
    await taken[turn];
    for (let index = 0; index < RUN_PACKETS; index++) {
      run.writeBigUInt64LE(BigInt(sequence++), index * packet.length + 16);
    }
    await take(run.length);
    taken[turn] = new Promise((resolve) => socket.write(run, resolve));
  }
  socket.write(stamped(mark, sequence));
}

function serveLane(socket, hello) {
  const isBulk = hello.includes('lane=bulk');
  let credit = Number(/credit=(\d+)/.exec(hello)[1]);
  let wake = () => {};
  socket.on('data', (bytes) => {
    for (const [, text] of String(bytes).matchAll(CREDIT_LINE)) credit += Number(text);
    wake();
  });
  const take = async (bytes) => {
    while (credit <= 0) {
      await new Promise((resolve) => {
        wake = resolve;
      });
    }
    credit -= bytes;
  };
  if (isBulk) void sendBulk(socket, take);
  else socket.write(Buffer.concat([stamped(session, 1), stamped(mark, packetCount + 2)]));
}

net
  .createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (bytes) => {
      const hello = String(bytes);
      if (hello.startsWith('RAW')) {
        void sendRaw(socket);
        return;
      }
      socket.write('HKA1 ok=1 version=1 probe=bench session=bench epochNs=0 cursor=2 next=2\n');
      if (hello.includes('role=viewer')) serveLane(socket, hello);
    });
  })
  .listen(socketPath, () => process.stdout.write('ready\n'));
process.stdin.on('end', () => process.exit(0)).resume();
