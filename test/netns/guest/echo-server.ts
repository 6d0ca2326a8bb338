/**
 * Runs inside a guest: echoes TCP streams and UDP datagrams, and greets with the guest's name.
 *
 *   node echo-server.ts PORT NAME
 *
 * TCP: the greeting line `NAME\n`, then every byte comes back. UDP: every datagram comes back, an empty one
 * is answered with NAME. Prints `ready` when both sockets listen.
 */
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

const [portText = '', name = ''] = process.argv.slice(2);
const port = Number(portText);

const tcp = createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.write(`${name}\n`);
  socket.pipe(socket);
});
const udp = createSocket({ type: 'udp6', recvBufferSize: 4 << 20 });
udp.on('message', (data, from) => udp.send(data.length === 0 ? name : data, from.port, from.address));

await new Promise<void>((done) => tcp.listen(port, '::', done));
await new Promise<void>((done) => udp.bind(port, '::', done));
console.log('ready');
