import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { flowFields } from '../../wire/flows.ts';
import { FakeHost } from '../fake-agent.ts';
import { FakeController } from '../fake-parts.ts';

const sampled = {
  kind: 'flow' as const,
  timeUs: 1_700_000_000_123_456,
  side: 'out' as const,
  gni: 7,
  source: '10.0.0.5',
  destination: '10.0.0.9',
  protocol: 6,
  sourcePort: 40_000,
  destinationPort: 443,
  packets: 3,
  bytes: 4200,
};

it('sampled packets are lines of the file, with names of IPFIX and of the table', async () => {
  const controller = await FakeController.listen(1);
  const host = new FakeHost();
  const file = join(host.directory, 'flows.jsonl');
  host.config = `flows: {file: ${file}, sampling: 100}\n`;
  host.native.foundFastPath = { modes: ['tc'], problems: [] };
  const agent = await host.connect(controller);
  expect(host.native.fast.options?.flowSampling).toBe(100);
  expect(host.native.options?.flowSampling).toBe(100);
  host.native.fast.emit(sampled);
  host.native.fast.emit({ ...sampled, side: 'in', source: 'fd00::1', destination: 'fd00::2' });
  host.native.flows.push({ ...sampled, dropReason: 'no-route' });
  agent.datapath.collectFlows();
  await agent.flows.close();
  const [first, second, third] = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(first).toEqual({
    flowEndMilliseconds: 1_700_000_000_123,
    host: 'a',
    direction: 'out',
    gni: 7,
    executor: 'tc',
    sourceIPv4Address: '10.0.0.5',
    destinationIPv4Address: '10.0.0.9',
    protocolIdentifier: 6,
    sourceTransportPort: 40_000,
    destinationTransportPort: 443,
    packetDeltaCount: 3,
    octetDeltaCount: 4200,
    samplingPopulation: 100,
  });
  expect(second).toMatchObject({ direction: 'in', sourceIPv6Address: 'fd00::1', destinationIPv6Address: 'fd00::2' });
  expect(third).toMatchObject({ executor: 'engine', dropReason: 'no-route' });
  const names: readonly string[] = flowFields.map(({ name }) => name);
  expect(Object.keys({ ...first, ...second, ...third }).filter((name) => !names.includes(name))).toEqual([]);
  await host.close();
  await controller.close();
});
