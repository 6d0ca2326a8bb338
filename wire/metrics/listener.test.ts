import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { expositionType } from './exposition.ts';
import { atMostEvery, listenForWatchers, type Readiness, type WatchListener } from './listener.ts';

let open: WatchListener | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

let readiness: Readiness = { ready: true, detail: 'ready' };
const watched = { metrics: () => 'a_total 1\n', readiness: () => readiness };

async function ask(path: string, method = 'GET'): Promise<{ status: number; type: string; body: string }> {
  open ??= await listenForWatchers(watched, '127.0.0.1', 0);
  const answer = await fetch(`http://127.0.0.1:${open.port}${path}`, { method });
  return { status: answer.status, type: answer.headers.get('content-type') ?? '', body: await answer.text() };
}

describe('the port for watchers', () => {
  it('serves metrics, health and readiness, and nothing else', async () => {
    expect(await ask('/metrics?x=1')).toEqual({ status: 200, type: expositionType, body: 'a_total 1\n' });
    expect(await ask('/healthz')).toMatchObject({ status: 200, body: 'ok\n' });
    expect(await ask('/readyz')).toMatchObject({ status: 200, body: 'ready\n' });
    readiness = { ready: false, detail: 'guests are being restored' };
    expect(await ask('/readyz')).toMatchObject({ status: 503, body: 'guests are being restored\n' });
    expect(await ask('/status')).toMatchObject({ status: 404 });
    expect(await ask('/metrics', 'POST')).toMatchObject({ status: 405 });
  });

  it('answers with what is wrong when a metric cannot be had, and lives', async () => {
    const failing = {
      ...watched,
      metrics: () => {
        throw new Error('no counters');
      },
    };
    open = await listenForWatchers(failing, '127.0.0.1', 0);
    expect(await ask('/metrics')).toMatchObject({ status: 500, body: expect.stringContaining('no counters') });
    expect((await ask('/healthz')).status).toBe(200);
  });

  it('says in one sentence why it cannot listen', async () => {
    open = await listenForWatchers(watched, '127.0.0.1', 0);
    await expect(listenForWatchers(watched, '127.0.0.1', open.port)).rejects.toThrow(
      `metrics cannot be served on 127.0.0.1:${open.port}: another program listens there; set another address or port at key 'metrics'`,
    );
  });

  it('goes on after bytes that are no request', async () => {
    open = await listenForWatchers(watched, '127.0.0.1', 0);
    const socket = connect(open.port, '127.0.0.1');
    socket.end('\0\0 no http\r\n\r\n');
    socket.resume();
    await once(socket, 'close');
    expect((await ask('/healthz')).status).toBe(200);
  });
});

it('answers what was asked a moment ago from memory', () => {
  let nowMs = 0;
  let reads = 0;
  const read = atMostEvery(
    () => nowMs,
    () => `${++reads}`,
  );
  expect([read(), read()]).toEqual(['1', '1']);
  nowMs = 499;
  expect(read()).toBe('1');
  nowMs = 500;
  expect(read()).toBe('2');
});
