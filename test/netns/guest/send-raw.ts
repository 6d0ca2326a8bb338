/**
 * Runs inside a host's namespace: sends UDP payloads given as hex, one datagram each.
 *
 *   node send-raw.ts ADDRESS PORT HEX…        ("-" is an empty datagram)
 */
import { createSocket } from 'node:dgram';

const [address = '', port = '', ...payloads] = process.argv.slice(2);
const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
for (const payload of payloads) {
  await new Promise<void>((done, fail) => {
    const data = payload === '-' ? Buffer.alloc(0) : Buffer.from(payload, 'hex');
    socket.send(data, Number(port), address, (error) => (error ? fail(error) : done()));
  });
}
socket.close();
