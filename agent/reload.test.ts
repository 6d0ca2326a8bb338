import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Agent } from './agent.ts';
import { parseAgentConfig } from './config.ts';
import { FakeHost } from './fake-agent.ts';
import { FakeController } from './fake-parts.ts';
import { compareConfigs, reload } from './reload.ts';

const silent = pino({ level: 'silent' });
const base = (controller: string) => `host: a\ncontrollers: ['${controller}']\nsubstrate: {addresses: [198.18.0.1]}\n`;

describe('a configuration that is read again', () => {
  const config = (text: string) => parseAgentConfig(`${base('wss://127.0.0.1')}${text}`, 'agent.yaml', 'a');

  it('changes what the host offers and its labels, and names what has to wait', () => {
    const wanted = config('formats: [gni 1.0]\nfeatures: []\nlabels: {rack: one}\nworkers: 7\nudpPort: 7000');
    expect(compareConfigs(config('workers: 1'), wanted)).toEqual({
      live: { formats: ['gni 1.0'], features: [], labels: { rack: 'one' } },
      later: ['workers', 'udpPort'],
    });
  });

  it('takes masks away that are gone from the file', () => {
    expect(compareConfigs(config('formats: [gni 1.0]'), config('')).live).toEqual({
      formats: undefined,
      features: undefined,
      labels: {},
    });
  });
});

describe('an agent whose file changed', () => {
  let host: FakeHost;
  let controller: FakeController;
  let agent: Agent;
  let file: string;

  beforeEach(async () => {
    host = new FakeHost();
    controller = await FakeController.listen(1);
    agent = await host.connect(controller);
    file = join(host.directory, 'agent.yaml');
  });
  afterEach(async () => {
    await host.close();
    await controller.close();
  });

  it('tells the controller what it offers now, and that again when the mask is gone', async () => {
    for (const [mask, formats] of [
      ['formats: [gni 1.0]', ['gni 1.0']],
      ['', ['gni 1.0', 'gni 1.1']],
    ] as const) {
      const told = controller.next('capabilities');
      writeFileSync(file, base(controller.url) + mask);
      await reload(agent, silent, file);
      expect((await told).formats).toEqual(formats);
    }
    expect(agent.journal.errors().filter(({ where }) => where === 'configuration')).toEqual([]);
  });

  it('keeps what it had when there is a mistake in it, and says where', async () => {
    writeFileSync(file, `${base(controller.url)}formats: [gni 9.9]`);
    const before = agent.config;
    await reload(agent, silent, file);
    expect(agent.config).toBe(before);
    expect(agent.capabilities().formats).toEqual(['gni 1.0', 'gni 1.1']);
    expect(agent.journal.errors().at(-1)?.message).toMatch(/agent\.yaml:4:\d+: .*gni 9\.9.*goes on with what it had$/);
  });

  it('says which of its keys wait for the next start', async () => {
    writeFileSync(file, `${base(controller.url)}formats: [gni 1.0]\nudpPort: 7000`);
    await reload(agent, silent, file);
    expect(agent.journal.errors().at(-1)?.message).toMatch(/'udpPort' counts when the agent is started again$/);
    expect(agent.capabilities().formats).toEqual(['gni 1.0']);
    expect(agent.config.udpPort).toBe(6741);
  });
});
