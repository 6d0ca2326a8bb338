/**
 * Runs inside a guest: sends content of each size over TCP and UDP to an echo server and compares the hashes of
 * what comes back.
 *
 *   node transfer.ts ADDRESS[,ADDRESS…] PORT SIZE…        1400 bytes are random, 1400t are text that compresses
 *
 * Prints one JSON object: { greeting, failures: [sentences], compared }. UDP sizes above 65,507 are skipped.
 */
import { createHash, randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { textOf } from './text.ts';

const [addresses = '', portText = '', ...sizeTexts] = process.argv.slice(2);
const port = Number(portText);
const timeoutMs = 10_000;
const failures: string[] = [];
let compared = 0;

function sha256(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** The greeting and the content that came back, or what went wrong. */
function overTcp(address: string, content: Uint8Array): Promise<{ greeting: string; back: Buffer }> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port });
    const chunks: Buffer[] = [];
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`nothing for ${timeoutMs} ms`)));
    socket.on('connect', () => socket.end(content));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('end', () => {
      const all = Buffer.concat(chunks);
      const newline = all.indexOf(10);
      resolve({ greeting: all.subarray(0, newline).toString(), back: all.subarray(newline + 1) });
    });
  });
}

function overUdp(address: string, content: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = createSocket({ type: address.includes(':') ? 'udp6' : 'udp4', recvBufferSize: 4 << 20 });
    const timer = setTimeout(() => finish(() => reject(new Error(`no answer within ${timeoutMs} ms`))), timeoutMs);
    const finish = (how: () => void): void => {
      clearTimeout(timer);
      socket.close();
      how();
    };
    socket.on('error', (error) => finish(() => reject(error)));
    socket.on('message', (data) => finish(() => resolve(data)));
    socket.send(content, port, address);
  });
}

async function compare(what: string, content: Uint8Array, back: () => Promise<Uint8Array>): Promise<void> {
  try {
    const same = sha256(await back()) === sha256(content);
    compared += 1;
    if (!same) failures.push(`${what}: other content came back`);
  } catch (error) {
    failures.push(`${what}: ${(error as Error).message}`);
  }
}

let greeting = '';
for (const address of addresses.split(',')) {
  for (const sizeText of sizeTexts) {
    const size = Number.parseInt(sizeText, 10);
    const content = sizeText.endsWith('t') ? textOf(size) : randomBytes(size);
    await compare(`TCP ${sizeText} bytes to ${address}`, content, async () => {
      const answer = await overTcp(address, content);
      greeting = answer.greeting;
      return answer.back;
    });
    if (size > 0 && size <= 65_507)
      await compare(`UDP ${sizeText} bytes to ${address}`, content, () => overUdp(address, content));
  }
}
console.log(JSON.stringify({ greeting, failures, compared }));
