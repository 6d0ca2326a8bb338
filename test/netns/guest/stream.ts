/**
 * Runs inside a guest: one long TCP stream of random content to an echo server, paced, and its hash compared.
 *
 *   node stream.ts ADDRESS PORT SECONDS
 *
 * Prints { sentBytes, receivedBytes, same, error?, longestSilenceMs } when done. Prints `connected` first, on
 * standard error, so that a test knows when the stream is running.
 */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const [address = '', portText = '', secondsText = ''] = process.argv.slice(2);
const socket = connect({ host: address, port: Number(portText) });
const sent = createHash('sha256');
const back = createHash('sha256');
let sentBytes = 0;
let receivedBytes = 0;
let error: string | undefined;
let greeted = false;
let lastData = performance.now();
let longestSilenceMs = 0;

socket.on('error', (cause) => {
  error = cause.message;
});
socket.on('data', (chunk) => {
  const body = greeted ? chunk : chunk.subarray(chunk.indexOf(10) + 1);
  greeted = true;
  longestSilenceMs = Math.max(longestSilenceMs, performance.now() - lastData);
  lastData = performance.now();
  back.update(body);
  receivedBytes += body.length;
});
const ended = once(socket, 'close').catch(() => undefined);
await once(socket, 'connect');
console.error('connected');

const stopAt = performance.now() + Number(secondsText) * 1000;
while (performance.now() < stopAt && error === undefined) {
  const chunk = randomBytes(64 << 10);
  sent.update(chunk);
  sentBytes += chunk.length;
  if (!socket.write(chunk)) await Promise.race([once(socket, 'drain').catch(() => undefined), ended]);
  await sleep(5);
}
socket.end();
await ended;
const same = sent.digest('hex') === back.digest('hex');
console.log(JSON.stringify({ sentBytes, receivedBytes, same, error, longestSilenceMs }));
