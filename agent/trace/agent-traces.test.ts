/** The whole agent, asked by a controller over loopback to follow packets through a data plane of the test's. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { plainSession, type ResourceBody, type Trace } from '../../wire/control.ts';
import { FakeHost } from '../fake-agent.ts';
import { FakeController } from '../fake-parts.ts';

const resources: readonly ResourceBody[] = [
  { type: 'network', gni: 7, name: 'red', prefixes: ['10.0.0.0/24'] },
  { type: 'guest', name: 'web', gni: 7, addresses: ['10.0.0.5/24'], command: [], incarnation: 1 },
  {
    ...plainSession,
    type: 'session',
    peer: 'b',
    address: '198.18.0.2',
    udpPort: 6741,
    send: 'gni 1.1',
    accept: ['gni 1.0', 'gni 1.1'],
    generation: 1,
    reasons: [],
  },
];
const mapping: ResourceBody = { type: 'mapping', gni: 7, address: '10.0.0.9', host: 'b', guest: 'db', version: 4 };
const trace: Trace = {
  trace: 5,
  gni: 7,
  source: '10.0.0.5',
  destination: '10.0.0.9',
  waitMs: 5000,
  echo: 0,
  inject: '',
  dryRun: false,
};

let controller: FakeController;
let host: FakeHost;

beforeEach(async () => {
  controller = await FakeController.listen(3);
  host = new FakeHost();
  await host.connect(controller);
  await controller.update(resources);
  const asked = controller.next('subscribe');
  host.native.emit({ kind: 'miss', side: 'destination', gni: 7, address: '10.0.0.9' });
  await asked;
  await controller.update([mapping]);
});
afterEach(async () => {
  await host.close();
  await controller.close();
});

const ask = (change: Partial<Trace> = {}) => {
  const answer = controller.next('traced');
  controller.send({ kind: 'trace', ...trace, ...change });
  return answer;
};

it('an agent arms its data plane, and tells by name what it says', async () => {
  expect(await ask()).toMatchObject({ trace: 5, steps: [], last: false, problem: '' });
  expect(host.native.filters).toEqual([{ trace: 5, gni: 7, source: '10.0.0.5', destination: '10.0.0.9', echo: 0 }]);
  const told = controller.next('traced');
  host.native.emit({
    kind: 'traced',
    trace: 5,
    executor: 'engine',
    program: 'send',
    verdict: 'sent',
    port: 0,
    peer: 0,
    encapsulation: 0,
    length: 84,
    generation: 3,
    timeUs: 10,
  });
  expect((await told).steps).toMatchObject([
    { guest: 'web', peer: 'b', encapsulation: 'gni 1.1', mapping: 'red/10.0.0.9 → b', verdict: 'sent' },
  ]);
  expect(await ask({ waitMs: 0 })).toMatchObject({ last: true });
  expect(host.native.filters.at(-1)).toBeUndefined();
});

it('an agent answers a dry run from its tables', async () => {
  host.native.answerLookUp = (query) =>
    query === '7: 10.0.0.5 → 10.0.0.9'
      ? { location: 'remote', peer: 0, send: 0, sourceIsRight: true, generation: 8 }
      : { location: 'local', port: 0, peer: 0, sourceIsRight: true, generation: 8 };
  expect((await ask({ dryRun: true })).steps).toMatchObject([
    { executor: 'engine', program: 'send', verdict: 'sent', peer: 'b', encapsulation: 'gni 1.1', generation: 8 },
  ]);
  const { steps, last } = await ask({ dryRun: true, source: '10.0.0.9', destination: '10.0.0.5' });
  expect(steps).toMatchObject([
    { program: 'receive', verdict: 'delivered', guest: 'web', peer: 'b', encapsulation: 'gni 1.0, gni 1.1' },
  ]);
  expect(last).toBe(true);
});

it('an agent says when it has no namespace to send an echo from', async () => {
  await ask({ echo: 9, inject: 'db' });
  await expect
    .poll(() => controller.heard.findLast(({ kind }) => kind === 'traced'))
    .toMatchObject({
      last: true,
      problem: 'guest db has no namespace here to send an echo from',
    });
});
