/**
 * 100,000 datagrams each way at 1,000 a second, encrypted, while the agent is restarted, killed, and replaced by a build
 * with another layout of tables and keys' states, and back; a part of it without a controller. What the other end would
 * refuse as replayed (a nonce that is used twice) would be missing, too. A TCP connection goes on all the while.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildOtherLayout } from '../netns/other-layout.ts';
import { nothingLost, Region, root } from './region.ts';

const packets = 100_000;
/** This checkout, in the machine. */
const installed = '/opt/weft';
const folder = mkdtempSync(join(tmpdir(), 'weft-other-'));
let region: Region;

beforeAll(async () => {
  await buildOtherLayout(folder);
  region = await Region.up('weft-sl', [folder]);
  await region.configure({});
  await region.machine.systemctl('start', 'weft-agent');
  await region.createGuest('here', 5, 'tun');
}, 300_000);
afterAll(async () => {
  await region?.down();
  rmSync(folder, { recursive: true });
});

/** As a package does it: other files, then a restart. */
async function upgradeTo(checkout: string): Promise<void> {
  const start = `${process.execPath} --disable-warning=ExperimentalWarning ${checkout}/agent/main.ts --config /etc/weft/agent.yaml`;
  const unit = `[Service]\nExecStart=\nExecStart=${start}\n`;
  await region.machine.write('/etc/systemd/system/weft-agent.service.d/build.conf', unit);
  await region.machine.systemctl('daemon-reload');
  await region.restart();
}

const restart = () => region.restart();
const kill = () => region.kill();
const withoutController = async () => {
  await region.lab.stopController();
  await restart();
  await upgradeTo(folder);
  await kill();
  await region.lab.startController();
};

test('no packet of 100,000 each way is lost, and no connection is reset', async () => {
  const node = (program: string, ...args: readonly string[]) => [
    process.execPath,
    join(root, 'test/netns/guest', program),
    ...args,
  ];
  const server = region.lab.spawn('there', node('echo-server.ts', '9000', 'hello'), { stdio: 'ignore' });
  await pause(1000);
  const stream = region.machine.spawnIn('weft-sl-here', node('stream.ts', '10.0.0.6', '9000', '90'));
  const streamed = stream.stdout === null ? '' : text(stream.stdout);
  const steps = [
    restart,
    kill,
    () => upgradeTo(folder),
    kill,
    () => upgradeTo(installed),
    withoutController,
    () => upgradeTo(installed),
    kill,
  ];
  const [here, there] = await region.whileTalking(packets, async () => {
    for (const step of steps) {
      await pause(4000);
      await step();
    }
  });
  server.kill('SIGKILL');
  const { sending, accepting } = {
    sending: (await region.status()).peers[0]?.send,
    accepting: (await region.status()).peers[0]?.accept,
  };
  console.log(
    `${sending}, ${accepting}\nhere ${JSON.stringify(here)}\nthere ${JSON.stringify(there)}\nstream ${await streamed}`,
  );
  expect(sending).toMatch(/gni 3.0 .*aes-256-gcm/);
  expect({ here, there }).toMatchObject({
    here: { ...nothingLost, received: packets },
    there: { ...nothingLost, received: packets },
  });
  const { same, error } = JSON.parse(await streamed) as { readonly same: boolean; readonly error?: string };
  expect({ same, error }).toEqual({ same: true, error: undefined });
}, 300_000);
