/**
 * weft-controller.service under a real systemd: a user of its own, a socket that is root's, and a start anew when it is
 * stuck.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addNamespace, removeNamespaces } from '../../lab/netns.ts';
import { holdThread } from './hold-thread.ts';
import { Machine } from './machine.ts';
import { root } from './region.ts';

const netns = 'weft-sc';
let machine: Machine;

beforeAll(async () => {
  await addNamespace(netns);
  machine = await Machine.boot({ netns, checkout: root, paths: [] });
  await machine.write('/etc/weft/controller.yaml', 'name: lonely\nlisten: { address: 127.0.0.1 }\n');
  await machine.run(['chmod', '-R', 'a+rX', '/etc/weft']);
  await machine.systemctl('start', 'weft-controller');
});
afterAll(async () => {
  await machine?.end();
  await removeNamespaces([netns]);
});

const property = (name: string) => machine.property('weft-controller', name);
const ask = (path: string) =>
  machine.run(['curl', '-s', '-m', '20', '--unix-socket', '/run/weft/controller.sock', `http://weft${path}`]);
const status = async () =>
  JSON.parse((await ask('/v1/status')).stdout) as { readonly name: string; readonly epoch: number };

async function another(before: string): Promise<void> {
  await machine.until('another controller is ready', async () => {
    const [pid, state] = [await property('MainPID'), await property('SubState')];
    return pid !== before && pid !== '0' && state === 'running';
  });
}

test('is ready when it listens, and says how many hosts it has', async () => {
  expect(await property('StatusText')).toBe('0 of 0 hosts connected');
  expect(await status()).toMatchObject({ name: 'lonely' });
});

test('runs as a user of its own, who has nothing but its state; its socket is root’s', async () => {
  const { stdout } = await machine.run([
    'sh',
    '-c',
    'ps -o user:20= -p "$0"; stat -c "%U %a" /run/weft /run/weft/controller.sock /var/lib/weft/controller',
    await property('MainPID'),
  ]);
  expect(stdout.split('\n').map((line) => line.trim())).toEqual([
    'weft-controller',
    'root 755',
    'root 600',
    'weft-controller 700',
    '',
  ]);
});

test('answers everybody who asks while it is restarted, and goes on with its store', async () => {
  const { epoch } = await status();
  const [, ...answers] = await Promise.all([
    machine.systemctl('restart', 'weft-controller'),
    ...Array.from({ length: 10 }, status),
  ]);
  expect(answers.map(({ name }) => name)).toEqual(Array.from({ length: 10 }, () => 'lonely'));
  expect((await status()).epoch).toBe(epoch + 1);
});

test('is started anew when its loop is stuck', async () => {
  await machine.write('/etc/systemd/system/weft-controller.service.d/quick.conf', '[Service]\nWatchdogSec=4\n');
  await machine.systemctl('daemon-reload');
  await machine.systemctl('restart', 'weft-controller');
  const pid = await property('MainPID');
  const held = await holdThread(machine.outside(Number(pid)), 'MainThread');
  await another(pid);
  held.kill('SIGKILL');
  expect(await status()).toMatchObject({ name: 'lonely' });
});
