/** Lists chosen from by the controller. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { TestController } from '../test-controller.ts';

let controller: TestController;
beforeAll(async () => {
  controller = await TestController.start();
  await controller.agent('a');
  const away = await controller.agent('b');
  await controller.post('/v1/hosts', {
    name: 'old',
    address: '192.0.2.50',
    framework: 'vxlan',
    labels: { area: 'south', rack: 'r1' },
  });
  await controller.post('/v1/vpcs', { name: 'blue', prefixes: ['10.0.0.0/24'], customer: 'north' });
  await controller.vpc('red');
  await controller.guest('g1', 'a');
  await controller.guest('g2', 'old', { mac: '52:54:00:00:00:50' });
  away.kill();
  await vi.waitFor(async () => expect((await controller.get('/v1/hosts/b')).body.connected).toBe(false), 5000);
});
afterAll(() => controller.remove());

const cases: readonly [path: string, names: readonly string[]][] = [
  ['hosts', ['a', 'b', 'old']],
  ['hosts?label=rack=r1', ['a', 'b', 'old']],
  ['hosts?label=area=south&label=rack=r1', ['old']],
  ['hosts?label=area=south&label=rack=r2', []],
  ['hosts?label=area=nowhere', []],
  ['hosts?state=connected', ['a']],
  ['hosts?state=away', ['b']],
  ['hosts?state=foreign&label=area=south', ['old']],
  ['vpcs?customer=north', ['blue']],
  ['guests?phase=unwatched', ['g2']],
  ['guests?phase=unwatched&host=a', []],
  ['guests?vpc=blue', ['g1', 'g2']],
];
it.each(cases)('GET /v1/%s', async (path, names) => {
  const { body } = await controller.get(`/v1/${path}`);
  expect(body.items.map(({ name }) => name)).toEqual(names);
});

it.each([
  ['hosts?label=area', "filter 'label' is 'area', expected KEY=VALUE"],
  ['hosts?state=gone', "filter 'state' is 'gone', expected one of connected, away, foreign"],
  ['guests?phase=dead', "filter 'phase' is 'dead', expected one of pending, preparing, running, failed, unwatched"],
  ['guests?label=a=b', "unknown filter 'label': filters are vpc, host, phase"],
  ['vpcs?customer=a&customer=b', "filter 'customer' is given more than once"],
])('GET /v1/%s is refused', async (path, message) => {
  expect(await controller.get(`/v1/${path}`)).toEqual({ status: 400, body: { code: 'invalid', message } });
});
