/**
 * Runs inside a guest: a paced stream of numbered datagrams to an echo server.
 *
 *   node probe.ts ADDRESS PORT PACKETS_PER_SECOND SECONDS
 *
 * Prints one JSON object when done:
 * { sent, received, lost, duplicated, corrupted, longestGapMs, firstAnswerMs, lostNumbers: [first ten] }.
 * The gap is the longest time between two answers; each datagram has its number twice, to notice corruption.
 */
import { createSocket } from 'node:dgram';
import { setTimeout as sleep } from 'node:timers/promises';

const [address = '', portText = '', rateText = '', secondsText = ''] = process.argv.slice(2);
const rate = Number(rateText);
const total = Math.round(rate * Number(secondsText));
const socket = createSocket({ type: address.includes(':') ? 'udp6' : 'udp4', recvBufferSize: 4 << 20 });
const seen = new Uint8Array(total);
const start = performance.now();
let corrupted = 0;
let received = 0;
let firstAnswerMs: number | undefined;
let lastAnswer = start;
let longestGapMs = 0;

socket.on('message', (data) => {
  const number = data.length === 64 ? data.readUInt32BE(0) : total;
  if (number >= total || data.readUInt32BE(60) !== number) {
    corrupted += 1;
    return;
  }
  const now = performance.now();
  firstAnswerMs ??= now - start;
  longestGapMs = Math.max(longestGapMs, now - lastAnswer);
  lastAnswer = now;
  received += 1;
  seen[number] = Math.min(255, (seen[number] ?? 0) + 1);
});
// A refused or unreachable answer is a lost packet, nothing more.
socket.on('error', () => {});

for (let number = 0; number < total; ) {
  const due = Math.min(total, Math.floor(((performance.now() - start) / 1000) * rate) + 1);
  for (; number < due; number++) {
    const data = Buffer.alloc(64, number & 0xff);
    data.writeUInt32BE(number, 0);
    data.writeUInt32BE(number, 60);
    socket.send(data, Number(portText), address, () => {});
  }
  await sleep(Math.max(1, 1000 / rate));
}
await sleep(1000);
socket.close();

const lostNumbers = [...seen.keys()].filter((number) => seen[number] === 0);
const duplicated = seen.filter((count) => count > 1).length;
console.log(
  JSON.stringify({
    sent: total,
    received,
    lost: lostNumbers.length,
    duplicated,
    corrupted,
    longestGapMs,
    firstAnswerMs,
    lostNumbers: lostNumbers.slice(0, 10),
  }),
);
