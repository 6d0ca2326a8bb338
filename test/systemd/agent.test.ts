/**
 * weft-agent.service under a real systemd: it says when it is ready, is started again when it is stuck, and whatever
 * becomes of it, its guests' packets are carried, if need be by the next one.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { holdThread } from './hold-thread.ts';
import { nothingLost, Region } from './region.ts';

const name = 'weft-sd';
const workers = 2;
let region: Region;

beforeAll(async () => {
  region = await Region.up(name);
  await region.configure({ workers });
  await region.machine.systemctl('start', 'weft-agent');
  await region.createGuest('here', 5, 'tun');
});
afterAll(async () => {
  await region?.down();
});

async function inMachine(...argv: readonly string[]): Promise<string> {
  const { stdout, stderr } = await region.machine.run(argv, { timeoutMs: 10_000 });
  return stdout + stderr;
}
const property = (property: string) => region.machine.property('weft-agent', property);
const stored = async () => Number(await property('NFileDescriptorStore'));

test('is ready when its guests are up, and says so', async () => {
  expect(await property('ActiveState')).toBe('active');
  expect(await property('StatusText')).toMatch(/guests? up, /);
  expect((await region.status()).guests).toMatchObject([{ name: 'here', phase: 'running', port: 'tun' }]);
  expect(await inMachine('ip', 'netns', 'list')).toContain(`${name}-here`);
});

test('has, in its sandbox, all that a host needs: every executor, every port, programs of guests', async () => {
  const { capabilities, fastPath } = await region.status();
  expect({ problems: capabilities.problems, mode: fastPath?.mode }).toEqual({ problems: [], mode: 'tc' });
  const command = ['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups', 'sleep', '1000'];
  await region.createGuest('fast', 7, 'veth', command);
  expect((await region.status()).guests.find((each) => each.name === 'fast')).toMatchObject({
    port: 'veth',
    executor: 'tc',
  });
  expect(await inMachine('ip', 'netns', 'exec', `${name}-fast`, 'ping', '-c', '3', '-i', '0.02', '10.0.0.6')).toContain(
    ' 0% packet loss',
  );
  expect(await inMachine('ls', '/sys/fs/bpf/weft')).toMatch(/^\d+\n$/);
  await region.machine.until('the guest’s program is nobody’s', async () =>
    (await inMachine('ps', '-u', 'nobody', '-o', 'args=')).includes('sleep 1000'),
  );
});

test('loses no packet when it is restarted, and when it is killed, and keeps the session', async () => {
  const before = await stored();
  expect(before).toBe(workers + 2 * workers);
  const [here, there] = await region.whileTalking(8_000, async () => {
    for (const next of [() => region.restart(), () => region.kill()]) {
      await pause(1000);
      await next();
    }
  });
  console.log(`here ${JSON.stringify(here)}\nthere ${JSON.stringify(there)}`);
  expect(here).toMatchObject(nothingLost);
  expect(there).toMatchObject(nothingLost);
  expect(await stored()).toBe(before);
}, 60_000);

test('leaves programs of guests running when it is restarted', async () => {
  const sleepers = () => inMachine('pgrep', '-u', 'nobody', '-f', 'sleep 1000');
  const before = await sleepers();
  await region.restart();
  expect(before).toMatch(/^\d+\n$/);
  expect(await sleepers()).toBe(before);
});

test('keeps nothing open that it has no worker for any more', async () => {
  await region.configure({ workers: 1 });
  await region.restart();
  expect(await stored()).toBe(1 + 2);
  await region.configure({ workers });
  await region.restart();
  expect(await stored()).toBe(workers + 2 * workers);
});

test('keeps nothing open of a guest that is removed', async () => {
  await region.lab.api.deleteGuest('fast');
  await region.machine.until('its port is let go', async () => (await stored()) === 2 * workers);
  await region.machine.until(
    'its namespace is gone',
    async () => !(await inMachine('ip', 'netns', 'list')).includes('fast'),
  );
});

test('reads its file again when it is reloaded, and says that it does', async () => {
  const pid = await region.mainPid();
  await region.configure({ labels: { rack: 'seven' } });
  await region.machine.systemctl('reload', 'weft-agent');
  await region.machine.until('the label counts', async () => {
    const hosts = await region.lab.api.hosts();
    return hosts.some(({ labels }) => labels.rack === 'seven');
  });
  expect(await property('ActiveState')).toBe('active');
  expect(await region.mainPid()).toBe(pid);
});

test('answers who asks for its status while it is restarted: they wait', async () => {
  const before = (await region.status()).pid;
  let restarted = false;
  const restart = region.restart().then(() => {
    restarted = true;
  });
  // Each of them has to be answered, by one agent or the other.
  while (!restarted) expect((await region.status()).host).toBe('left');
  await restart;
  expect((await region.status()).pid).not.toBe(before);
});

test('is started anew when one of its workers is stuck, and nothing is lost', async () => {
  await region.machine.write('/etc/systemd/system/weft-agent.service.d/quick.conf', '[Service]\nWatchdogSec=4\n');
  await region.machine.systemctl('daemon-reload');
  await region.restart();
  const pid = await region.mainPid();
  // So few that those of a stuck worker have room until it is noticed.
  const talk = async () => {
    const held = await holdThread(region.machine.outside(pid), 'weft-worker-1');
    await region.anotherAgent(pid);
    held.kill('SIGKILL');
  };
  const [here, there] = await region.whileTalking(2400, talk, 200);
  expect(await region.machine.log('agent')).toContain('worker 1 has had no turn for');
  expect(await property('Result')).toBe('success');
  expect(Number(await property('NRestarts'))).toBeGreaterThan(0);
  console.log(`here ${JSON.stringify(here)}\nthere ${JSON.stringify(there)}`);
  expect(here).toMatchObject(nothingLost);
  expect(there).toMatchObject(nothingLost);
});

test('is started anew when its loop is stuck', async () => {
  const pid = await region.mainPid();
  const outside = region.machine.outside(pid);
  const held = await holdThread(outside, 'MainThread');
  await region.anotherAgent(pid);
  held.kill('SIGKILL');
  expect((await region.status()).guests).toMatchObject([{ name: 'here', phase: 'running' }]);
});

test('leaves its guests when it is stopped, lets go of all descriptors, and finds them again', async () => {
  await region.machine.systemctl('stop', 'weft-agent');
  expect(await stored()).toBe(0);
  expect(await region.machine.systemctl('show', '--value', '-p', 'ActiveState', 'weft-agent.socket')).toBe(
    'inactive\n',
  );
  expect(await inMachine('ip', 'netns', 'exec', `${name}-here`, 'ip', '-br', 'address')).toContain('10.0.0.5');
  await region.machine.systemctl('start', 'weft-agent');
  expect(await inMachine('ip', 'netns', 'exec', `${name}-here`, 'ping', '-c', '3', '-i', '0.02', '10.0.0.6')).toContain(
    ' 0% packet loss',
  );
});
