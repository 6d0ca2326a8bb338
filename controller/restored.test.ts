/** A controller whose store came back from a backup: what hosts have since goes on until an operator settles it. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CliRun, cli } from '../cli/fake-controller.ts';
import type { FakeAgent } from './channel/fake-agent.ts';
import { check, restore } from './state/offline.ts';
import { TestController } from './test-controller.ts';

let region: TestController;
let agent: FakeAgent;
let backup: string;

beforeEach(async () => {
  region = await TestController.start();
  backup = join(region.directory, 'backup.sqlite');
  agent = await region.agent('a');
  await region.vpc('blue');
  await region.guest('before', 'a', { addresses: ['10.0.0.5'] });
  await agent.until(() => agent.held.has('guest/before'));
});
afterEach(() => region.remove());

/** As an operator does it, after `more` was done since the backup; the agent comes back with what it holds. */
async function restoreAfter(more: () => Promise<unknown>): Promise<void> {
  expect(await weft('store', 'backup', backup)).toMatchObject({ code: 0 });
  await more();
  await region.controller.close();
  expect(restore(region.config, backup)).toMatch(/is restored, at epoch \d+; what was there is in .*\.before-/);
  await region.relaunch();
  const { held, epoch } = agent;
  agent = await region.agent('a', { held, epoch });
}

function weft(...words: string[]): Promise<CliRun> {
  return cli([...words, '--controller', region.controller.apiSocket]);
}

describe('a restored store', () => {
  it('leaves guests, clouds and mappings that it does not know on their hosts, and takes them away when it is settled', async () => {
    await restoreAfter(async () => {
      await region.vpc('later', ['10.9.0.0/24']);
      await region.guest('since', 'a', { addresses: ['10.0.0.6'] });
      await region.guest('other', 'a', { vpc: 'later', addresses: ['10.9.0.6'] });
      agent.subscribe({ gni: 1, address: '10.0.0.6' });
      await agent.until(() => agent.held.has('guest/other') && agent.held.has('mapping/1/10.0.0.6'));
    });
    expect(agent.closed).toBeUndefined();
    await agent.flush();
    const names = ['guest/before', 'guest/since', 'guest/other', 'network/2', 'mapping/1/10.0.0.6'];
    expect(names.filter((name) => !agent.held.has(name))).toEqual([]);
    expect((await region.get('/v1/store')).body).toMatchObject({
      unknown: [
        { host: 'a', guest: 'since' },
        { host: 'a', guest: 'other' },
      ],
    });
    expect((await region.eventCodes()).join()).toContain('store-restored');
    expect((await weft('store', 'status')).out).toMatch(/restored .*settle[\s\S]*since/);

    expect(await weft('store', 'settle')).toMatchObject({ code: 0 });
    expect((await weft('audit', '--resource', 'store')).out).toContain('store');
    await agent.until(() => !agent.held.has('guest/since') && !agent.held.has('network/2'));
    expect(agent.held.has('guest/before')).toBe(true);
    expect((await region.get('/v1/store')).body).toEqual({ unknown: [] });
    expect(await weft('store', 'settle')).toMatchObject({ code: 1 });
  });

  it('removes a guest that it knows and an operator deletes, settled or not', async () => {
    await restoreAfter(async () => undefined);
    expect((await region.delete('/v1/guests/before')).status).toBe(204);
    await agent.until(() => !agent.held.has('guest/before'));
  });

  it('takes a guest back that is made again, and then knows it', async () => {
    await restoreAfter(async () => {
      await region.guest('since', 'a', { addresses: ['10.0.0.6'] });
      await agent.until(() => agent.held.has('guest/since'));
    });
    const before = agent.held.get('guest/since')?.version;
    await region.guest('since', 'a', { addresses: ['10.0.0.6'] });
    await agent.until(() => agent.held.get('guest/since')?.version !== before);
    expect((await region.get('/v1/store')).body).toMatchObject({ unknown: [] });
    await region.delete('/v1/guests/since');
    await agent.until(() => !agent.held.has('guest/since'));
  });

  it('gives out no number and no address that hosts may be using', async () => {
    await restoreAfter(async () => undefined);
    const sentence = /the store was restored from a backup, and which .* is free is not known/;
    const cloud = await region.post('/v1/vpcs', { name: 'new', prefixes: ['10.1.0.0/24'] });
    expect(cloud).toMatchObject({ status: 409, body: { message: expect.stringMatching(sentence) } });
    const guest = await region.post('/v1/guests', { name: 'new', vpc: 'blue', host: 'a' });
    expect(guest).toMatchObject({ status: 409, body: { message: expect.stringMatching(sentence) } });
    expect((await region.post('/v1/vpcs', { name: 'new', prefixes: ['10.1.0.0/24'], gni: 77 })).status).toBe(201);
  });

  it('is obeyed by agents that have obeyed later epochs than that of the backup', async () => {
    await restoreAfter(async () => {
      for (let i = 0; i < 3; i++) await region.restart();
      agent = await region.agent('a', { held: agent.held });
    });
    expect(agent.closed).toBeUndefined();
  });
});

describe('the offline commands', () => {
  it('say what is in a backup, and refuse one that this version cannot read', async () => {
    await weft('store', 'backup', backup);
    expect((await stat(backup)).mode & 0o777).toBe(0o600);
    expect(check(region.config, backup)).toBe(`${backup} is whole: 1 guest, 1 host, 1 vpc`);
    expect(() => check(region.config)).toThrow(/is in use by another controller/);
    const { code, err } = await weft('store', 'backup', backup);
    expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining('is there already') });
    expect((await readFile(backup)).length).toBeGreaterThan(4096);
  });
});
