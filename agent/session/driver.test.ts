import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Assets, type Capabilities, noKeys } from '../../wire/control.ts';
import { FakeClock } from '../fake-clock.ts';
import { FakeController } from '../fake-parts.ts';
import { fakeRegion } from '../trust/fake-region.ts';
import { readCredentials } from '../trust/files.ts';
import { Session } from './driver.ts';

const capabilities: Capabilities = {
  formats: [],
  features: [],
  offloads: [],
  executors: [],
  ports: [],
  problems: [],
};
const assets: Assets = {
  kernel: '6.1',
  operatingSystem: 'Debian',
  architecture: 'x64',
  cpus: 1,
  cpuModel: '',
  memoryBytes: 1,
  nics: [],
  labels: {},
};

it.each([
  ['an hour forth', 3_600_000],
  ['an hour back', -3_600_000],
])('a clock that is set %s neither ends a session nor keeps a silent one', async (_, shiftMs) => {
  const controller = await FakeController.listen(1);
  const clock = new FakeClock();
  const downs: string[] = [];
  const directory = mkdtempSync(join(tmpdir(), 'weft-driver-'));
  await (await fakeRegion()).enrol(directory, 'a');
  const credentials = () => readCredentials(directory);
  const session = new Session(
    { controllers: [controller.url], epoch: 0, store: undefined, guests: () => 0, credentials, clock },
    {
      hello: () => ({
        host: 'a',
        instance: 'i',
        agentVersion: '1',
        substrateAddresses: ['198.18.0.1'],
        udpPort: 6741,
        held: [],
        capabilities,
        assets,
        keys: noKeys,
      }),
      heartbeat: () => ({ guests: 0, load1: 0, residentBytes: 1 }),
      obey: () => undefined,
      up: () => undefined,
      update: () => undefined,
      rotateKeys: () => undefined,
      trace: () => undefined,
      certificate: () => undefined,
      down: (why) => downs.push(why),
    },
  );
  session.start();
  await expect.poll(() => session.connected).toBe(true);
  clock.shiftMs = shiftMs;
  clock.advance(3499);
  expect(downs).toEqual([]);
  // No answer can have arrived: the test has not let go of the thread.
  clock.advance(1);
  expect(downs).toEqual(['nothing was heard for 3500 ms']);
  await session.stop();
  await controller.close();
  rmSync(directory, { recursive: true });
});
