import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { beforeAll, expect, test } from 'vitest';
import { run } from '../lab/run.ts';
import type { Topology } from './contender.ts';
import { buildProbe, Damaged, LineProcess, probe, stayingProbe } from './probe.ts';

const bytes = 1 << 20;

/** Both ends on this machine's loopback. */
const here = {
  exec: (_end, argv, options) => run(argv, options),
  spawn: (_end, [program = '', ...rest], options = {}) => spawn(program, rest, options),
} as Partial<Topology> as Topology;

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  server.close();
  await once(server, 'close');
  return port;
}

/** Hands on what comes, with the byte at `at` changed. */
function damaging(port: number, at: number): Server {
  return createServer((from) => {
    const to = connect(port, '127.0.0.1');
    let passed = 0;
    from.on('data', (chunk: Buffer) => {
      const place = at - passed;
      if (place >= 0 && place < chunk.length) chunk.writeUInt8(chunk.readUInt8(place) ^ 1, place);
      passed += chunk.length;
      to.write(chunk);
    });
    to.pipe(from);
  });
}

beforeAll(() => buildProbe(), 60_000);

test('a transfer that arrives whole is intact', async () => {
  const port = await freePort();
  await using server = stayingProbe(here, 'server', ['serve', port]);
  await server.answer();
  const told = await probe(here, ['transfer', '127.0.0.1', port, bytes], 5000);
  expect(told).toEqual({ bytes, answered: true, intact: true });
});

// Behind the request of 64 bytes; of the second block of 4 KiB, which is one byte alone; and the last one.
test.each([64, 64 + 5000, 64 + bytes - 1])('one bit of byte %i changed on the way is found', async (at) => {
  const port = await freePort();
  await using server = stayingProbe(here, 'server', ['serve', port]);
  await server.answer();
  const between = damaging(port, at);
  const told = await probe(here, ['transfer', '127.0.0.1', await listening(between), bytes], 5000);
  between.close();
  expect(told).toEqual({ bytes, answered: true, intact: false });
});

test('a connection whose answer is not what was asked is a failure', async () => {
  const port = await freePort();
  await using server = stayingProbe(here, 'server', ['serve', port]);
  await server.answer();
  const between = damaging(port, 40);
  const found = probe(here, ['transact', '127.0.0.1', await listening(between), 100], 5000);
  await expect(found).rejects.toThrow('transact: the answer is not what was asked');
  await expect(found).rejects.toBeInstanceOf(Damaged);
  between.close();
});

test('a process that ends without an answer is told with its own words', async () => {
  await using process = new LineProcess('cat', spawn('sh', ['-c', 'echo no room >&2'], { stdio: 'pipe' }));
  await expect(process.answer()).rejects.toThrow('cat: no room');
});

test('each line has its answer', async () => {
  await using process = new LineProcess('cat', spawn('cat', { stdio: 'pipe' }));
  expect([await process.ask('{"a":1}'), await process.ask('{"a":2}')]).toEqual([{ a: 1 }, { a: 2 }]);
});
