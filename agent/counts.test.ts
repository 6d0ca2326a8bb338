/** Counters of a whole agent over its restarts, with a data plane of the test's. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeHost } from './fake-agent.ts';
import { FakeController } from './fake-parts.ts';
import { red, sessionWithB as session, web } from './fake-resources.ts';
import { readStatus } from './status/status.ts';

const counted = (packets: number) => ({
  ...{ out: { packets, bytes: 100 * packets }, in: { packets: 2, bytes: 3 }, drops: 1 },
});

describe('what an agent has counted', () => {
  let host: FakeHost;
  let controller: FakeController;
  beforeEach(async () => {
    host = new FakeHost();
    controller = await FakeController.listen(3);
  });
  afterEach(async () => {
    await host.close();
    await controller.close();
  });

  it('goes on when the agent is started again, also for a peer whose session was away', async () => {
    const agent = await host.connect(controller);
    await controller.update([red, web, session]);
    host.native.counted.set(0, counted(5));
    expect(readStatus(agent).peers[0]).toMatchObject(counted(5));
    await host.restart();

    const second = await host.connect(controller);
    expect(readStatus(second).peers[0]?.out).toEqual({ packets: 5, bytes: 500 });
    host.native.counted.set(0, counted(4));
    expect(readStatus(second).peers[0]?.out).toEqual({ packets: 9, bytes: 900 });
    await controller.update([], [{ type: 'session', key: 'b' }]);
    host.native.counted.delete(0);
    await controller.update([session]);
    expect(readStatus(second).peers[0]).toMatchObject({ out: { packets: 9, bytes: 900 }, drops: 2 });
  });

  it('says nothing of the parts that a total is made of', async () => {
    const agent = await host.connect(controller);
    await controller.update([red, web, session]);
    const [guest] = readStatus(agent).guests;
    expect(Object.keys(guest ?? {})).not.toContain('fast');
    expect(guest).toMatchObject({ out: { packets: 0, bytes: 0 }, drops: 0 });
  });
});
