import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { controllerMetrics } from '../../wire/metrics/controller.ts';
import { readExposition } from '../../wire/metrics/test-reader.ts';
import { FakeClock } from '../clock.ts';
import type { Store } from '../store/store.ts';
import { TestController } from '../test-controller.ts';
import { MeasuredStore } from './measured-store.ts';
import { Requests } from './requests.ts';

let controller: TestController;
beforeEach(async () => {
  controller = await TestController.start('metrics: { port: 0 }');
});
afterEach(() => controller.remove());

async function watch(path: string): Promise<{ status: number; type: string | null; text: string }> {
  const answer = await fetch(`http://127.0.0.1:${controller.controller.metricsPort}${path}`);
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
}

describe('the metrics of a controller', () => {
  it('say what it knows, how it fares and what it was asked', async () => {
    const agent = await controller.agent('a');
    await controller.vpc('blue');
    await controller.guest('web', 'a');
    await agent.until(() => agent.get('guest', 'web') !== undefined);
    await controller.get('/v1/vpcs/nothing');
    await controller.get('/made/up');
    const { status, type, text } = await watch('/metrics');
    expect({ status, type }).toEqual({ status: 200, type: 'text/plain; version=0.0.4; charset=utf-8' });
    const { samples, types } = readExposition(text);
    expect(Object.fromEntries(samples)).toMatchObject({
      'weft_controller_info{controller="controller",version="0.1.0"}': 1,
      weft_controller_ready: 1,
      weft_controller_epoch: 1,
      'weft_controller_hosts{state="connected"}': 1,
      'weft_controller_hosts{state="away"}': 0,
      weft_controller_vpcs: 1,
      'weft_controller_updates_total{outcome="refused"}': 0,
      'weft_controller_requests_total{method="GET",route="/v1/vpcs/:name",status="404"}': 1,
      'weft_controller_requests_total{method="other",route="unknown",status="404"}': 1,
      'weft_controller_requests_total{method="POST",route="/v1/guests",status="201"}': 1,
      'weft_controller_store_failures_total{call="transact"}': 0,
      'weft_controller_events_total{code="host-connected"}': 1,
    });
    expect(samples.get('weft_controller_updates_total{outcome="sent"}')).toBeGreaterThan(0);
    expect(samples.get('weft_controller_store_seconds_count{call="transact"}')).toBeGreaterThan(2);
    const missing = controllerMetrics.map(({ name }) => name).filter((name) => !types.has(name));
    expect(missing).toEqual(['weft_controller_rollouts']);
  });

  it('are on the socket of the API too, and no part of what OpenAPI describes', async () => {
    const { body } = await controller.get('/v1/openapi.json');
    expect(Object.keys(body.paths).filter((path) => !path.startsWith('/v1/'))).toEqual([]);
    expect((await watch('/readyz')).text).toBe('ready, 0 hosts are connected\n');
    expect((await watch('/v1/vpcs')).status).toBe(404);
  });
});

describe('a store that is timed', () => {
  const clock = new FakeClock();
  const lease = { id: '1', ttlMs: 1, renew: async () => true, revoke: async () => undefined };
  let broken: string | undefined;
  let grants = 0;
  const store = {
    transact: async () => ({ committed: true, revision: 1 }),
    grant: async () => {
      grants++;
      if (broken !== undefined) throw new Error(broken);
      return lease;
    },
  } as unknown as Store;

  it('says whether it takes writes, and asks when it does not know', async () => {
    const measured = new MeasuredStore(store, clock);
    await measured.tryToWrite();
    expect({ grants, why: measured.unwritable }).toEqual({ grants: 1, why: undefined });
    await measured.tryToWrite();
    expect(grants).toBe(1);
    clock.advance(2000);
    broken = 'the disk is full';
    await measured.tryToWrite();
    expect(measured.unwritable).toBe('the disk is full');
    expect(measured.failures.grant).toBe(1);
    broken = undefined;
    await measured.tryToWrite();
    expect({ grants, why: measured.unwritable }).toEqual({ grants: 3, why: undefined });
  });
});

it('requests are counted by route, whatever is asked for', () => {
  const requests = new Requests();
  for (let i = 0; i < 1000; i++) requests.ended(`M${i}`, undefined, 404, 0);
  requests.ended('PROPFIND', '/v1/vpcs', 200, 0);
  expect([...requests.counted()].map(({ method, route }) => `${method} ${route}`)).toEqual([
    'other unknown',
    'other /v1/vpcs',
  ]);
});
