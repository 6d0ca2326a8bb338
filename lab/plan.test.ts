import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readLabFile } from './file.ts';
import { type LabPlan, planLab, type Step } from './plan.ts';

const root = join(import.meta.dirname, '..');

function plan(text: string, name = 'lab'): LabPlan {
  const result = readLabFile(text, 'lab.yaml', { stateRoot: '/run/weft-lab', name });
  if (!result.ok) throw new Error(result.errors.join('\n'));
  return planLab(result.spec, '/run/weft-lab');
}

/** A plan as people read it; what the golden files hold. */
function render({ stages }: LabPlan): string {
  return stages.map(({ title, detail, steps }) => `# ${title}: ${detail}\n${steps.map(line).join('\n')}\n`).join('\n');
}

function line(step: Step): string {
  switch (step.kind) {
    case 'ip':
      return step.lines.map((text) => `ip -n ${step.namespace} ${text}`).join('\n');
    case 'file':
      return `file ${step.path}\n${step.text.replaceAll(/^(?=.)/gm, '  | ').trimEnd()}`;
    default: {
      const { kind, ...rest } = step;
      return `${kind} ${JSON.stringify(rest)}`;
    }
  }
}

describe('the plan of a lab', () => {
  it('of the example with two tenants is the golden one', async () => {
    const example = readFileSync(join(root, 'examples/two-tenants.yaml'), 'utf8');
    await expect(render(plan(example, 'two-tenants'))).toMatchFileSnapshot('testdata/two-tenants.plan');
  });

  it.each(['foreign', 'ports'])('of the example %s builds what its name says', (example) => {
    const { layout, stages } = plan(readFileSync(join(root, 'examples', `${example}.yaml`), 'utf8'), example);
    expect(layout.hosts.map(({ name }) => name)).toEqual(['left', 'right']);
    expect(stages.map(({ title }) => title)).toEqual(['substrate', 'controller', 'agents', 'clouds', 'guests']);
  });

  it('of two hosts on a direct IPv6 link is the golden one', async () => {
    const text =
      'substrate: {mtu: 9000, families: [ipv6], link: direct}\n' +
      'hosts: [{name: a, formats: [gni 1.0], labels: {rack: one}, fastPath: off, workers: 1, offloads: {tso: off}}, ' +
      '{name: b, mtu: 1400, features: [lz4], keys: {rotateMs: 5000}, foreign: {vxlan: on}}]';
    await expect(render(plan(text))).toMatchFileSnapshot('testdata/direct.plan');
  });

  it('numbers hosts past one byte', () => {
    const hosts = Array.from({ length: 300 }, (_, i) => `{name: h${i}}`).join(', ');
    const addresses = plan(`substrate: {families: [ipv4, ipv6]}\nhosts: [${hosts}]`).layout.hosts.map(
      (host) => host.addresses,
    );
    expect(addresses[0]).toEqual(['198.18.0.1', 'fd00:198:18::1']);
    expect(addresses[299]).toEqual(['198.18.1.44', 'fd00:198:18::12c']);
  });

  it('lets no interface have a name that the kernel refuses', () => {
    const long = 'h'.repeat(40);
    const lines = plan(`hosts: [{name: ${long}}]`).stages[0]?.steps.flatMap((s) => (s.kind === 'ip' ? s.lines : []));
    const names = lines?.flatMap((text) => /(?:add|set|name) (\w+) (?:type|mtu|netns)/.exec(text)?.[1] ?? []);
    expect(names?.length).toBeGreaterThan(2);
    expect(names?.filter((name) => name.length > 15)).toEqual([]);
  });
});

it('hosts with gni6 have a prefix each, routed to them from all others', () => {
  const hosts = '[{name: a, gni6: true}, {name: b, gni6: true}, {name: c}]';
  const { stages } = plan(`substrate: {families: [ipv4, ipv6]}\nhosts: ${hosts}\n`, 'six');
  const steps = stages.flatMap((stage) => stage.steps);
  const lines = steps.flatMap((step) =>
    step.kind === 'ip' ? step.lines.map((line) => `${step.namespace} ${line}`) : [],
  );
  expect(lines.filter((line) => line.includes('route'))).toEqual([
    'six-a route add fd06:198:18:2::/64 via fd00:198:18::2',
    'six-b route add fd06:198:18:1::/64 via fd00:198:18::1',
    'six-c route add fd06:198:18:1::/64 via fd00:198:18::1',
    'six-c route add fd06:198:18:2::/64 via fd00:198:18::2',
  ]);
  const files = steps.flatMap((step) => (step.kind === 'file' ? [step.text] : []));
  expect(files.filter((text) => text.includes('prefix: fd06:198:18:2::/64'))).toHaveLength(1);
  expect(files.filter((text) => text.includes('gni6'))).toHaveLength(2);
});
