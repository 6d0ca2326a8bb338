/**
 * A guest may send frames to every station, whatever address of its host they bear. While its port is served they are
 * judged as any other packet; when it is not, or somebody has taken the program off, nobody is there to judge them: they
 * must not become the host's own.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FastHost, type FastSide, putUpFastPair, takeDownFastPair } from './fast-pair.ts';

const isRoot = process.getuid?.() === 0;
const port = 9999;

const sender = `
import socket, struct, sys
payload = struct.pack('!HHHH', 5, ${port}, 8 + 5, 0) + b'guest'
header = lambda sum: struct.pack('!BBHHHBBH4s4s', 0x45, 0, 20 + len(payload), 0, 0, 64, 17, sum,
                                 socket.inet_aton(sys.argv[1]), socket.inet_aton(sys.argv[2]))
total = sum(struct.unpack('!10H', header(0)))
total = (total & 0xffff) + (total >> 16)
with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as out:
    out.bind(('weft0', 0))
    out.send(bytes.fromhex('ffffffffffff' '02040a070001' '0800') + header(~total & 0xffff) + payload)
`;

/** Says what comes until something comes from the host itself. */
const listener = `
import socket
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as here:
    here.bind(('0.0.0.0', ${port}))
    print('ready', flush=True)
    data = b''
    while data != b'host':
        data = here.recv(100)
        print(data.decode(), flush=True)
`;

describe.runIf(isRoot)('the host’s own stack', () => {
  let left: FastSide;
  let right: FastSide;
  let host: FastHost;
  beforeEach(async () => {
    [left, right] = putUpFastPair();
    host = await FastHost.serve(left, right);
  });
  afterEach(async () => {
    await host.kill();
    takeDownFastPair([left, right]);
  });

  async function heardFromGuest(): Promise<string[]> {
    const args = ['netns', 'exec', left.host, 'python3', '-c', listener];
    const child = spawn('ip', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    await once(child.stdout, 'data');
    for (const to of [left.substrate, '255.255.255.255', '224.0.0.1']) {
      execFileSync('ip', ['netns', 'exec', left.guest, 'python3', '-c', sender, left.overlay, to], { stdio: 'pipe' });
    }
    const own = `import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'host', ('127.0.0.1', ${port}))`;
    execFileSync('ip', ['netns', 'exec', left.host, 'python3', '-c', own]);
    await once(child, 'close');
    return said.trim().split('\n').slice(1);
  }

  it('hears nothing of a guest whose port is served', async () => {
    expect(await heardFromGuest()).toEqual(['host']);
  });

  it('hears nothing of a guest whose port was closed', async () => {
    await host.call('fast', 'closePort', 1);
    expect(await heardFromGuest()).toEqual(['host']);
  });

  it('hears nothing of a guest whose device has lost its program', async () => {
    execFileSync('tc', ['-n', left.host, 'qdisc', 'del', 'dev', 'wg0', 'clsact']);
    expect(await heardFromGuest()).toEqual(['host']);
  });
});
