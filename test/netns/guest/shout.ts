/**
 * Runs inside a guest: tells each address again and again who it thinks it is talking to, until it is killed.
 *
 *   node shout.ts PORT TEXT…        the last word of a text is the address that it is sent to
 */
import { createSocket } from 'node:dgram';

const [port = '', ...texts] = process.argv.slice(2);
const socket = createSocket('udp4');
socket.on('error', () => {});
setInterval(() => {
  for (const text of texts) socket.send(text, Number(port), text.split(' ').at(-1), () => {});
}, 2);
