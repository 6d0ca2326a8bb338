/**
 * Runs inside a guest: appends every datagram to a file, a line each.
 *
 *   node listen.ts PORT FILE
 */
import { createSocket } from 'node:dgram';
import { appendFileSync } from 'node:fs';

const [port = '', file = ''] = process.argv.slice(2);
const socket = createSocket('udp4');
socket.on('message', (data) => appendFileSync(file, `${data.toString()}\n`));
socket.bind(Number(port));
