/**
 * Runs on a machine of the substrate: sends UDP payloads with any of its addresses as source.
 *
 *   node inject.ts SOURCE ADDRESS PORT < PAYLOADS        (one in hex a line; an empty line is an empty datagram)
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

const [source = '', address = '', port = ''] = process.argv.slice(2);
const lines = (await text(process.stdin)).split('\n').slice(0, -1);
const socket = createSocket('udp4');
socket.bind({ address: source });
await once(socket, 'listening');
for (const line of lines) {
  await new Promise<void>((done, fail) => {
    socket.send(Buffer.from(line, 'hex'), Number(port), address, (error) => (error ? fail(error) : done()));
  });
}
socket.close();
