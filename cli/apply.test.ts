import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Applied } from '../wire/apply.ts';
import { type Answer, cli, FakeController } from './fake-controller.ts';

const folder = mkdtempSync(join(tmpdir(), 'weft-apply-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(text: string, name = 'region.yaml'): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function run(argv: readonly string[], answer: Answer) {
  await using controller = await FakeController.start({
    'POST /v1/apply': answer,
    'POST /v1/apply?dryRun=true': answer,
  });
  const result = await cli([...argv, '--controller', controller.socket]);
  return { ...result, asked: controller.asked };
}

const text = `# a region
vpcs:
  - { name: red, prefixes: [10.0.0.0/24] }
---
guests:
  - { name: web, vpc: red }
--- # more of them
guests:
  - { name: db, vpc: red }
policies:
  - { name: calm, effect: allow, capabilities: [gni 1.1] }
`;
const calm = { name: 'calm', effect: 'forbid', capabilities: ['gni 1.1'] };
const items: readonly Applied[] = [
  { kind: 'vpc', name: 'red', done: 'created', after: { name: 'red', prefixes: ['10.0.0.0/24'] } },
  { kind: 'policy', name: 'calm', done: 'changed', before: calm, after: { ...calm, effect: 'allow' } },
  { kind: 'guest', name: 'web', done: 'unchanged', before: { name: 'web' }, after: { name: 'web' } },
];
const done: Answer = { body: { items } };
const diff = `vpc red: created
+ name: red
+ prefixes:
+   - 10.0.0.0/24
policy calm: changed
  name: calm
- effect: forbid
+ effect: allow
  capabilities:
    - gni 1.1
`;

describe('weft apply', () => {
  it('sends all documents of all files as one, and says what became of each', async () => {
    const argv = ['apply', '-f', file(text), '-f', file('vpcs: [{ name: blue, prefixes: [10.0.0.0/24] }]', 'b.yaml')];
    const { code, out, asked } = await run(argv, done);
    expect({ code, out }).toEqual({
      code: 0,
      out: "vpc 'red' created\npolicy 'calm' changed\nguest 'web' unchanged\n",
    });
    expect(asked).toEqual([
      {
        what: 'POST /v1/apply',
        body: {
          vpcs: [
            { name: 'red', prefixes: ['10.0.0.0/24'] },
            { name: 'blue', prefixes: ['10.0.0.0/24'] },
          ],
          guests: [
            { name: 'web', vpc: 'red' },
            { name: 'db', vpc: 'red' },
          ],
          policies: [{ name: 'calm', effect: 'allow', capabilities: ['gni 1.1'] }],
        },
      },
    ]);
  });

  it('asks for a dry run and says what would be', async () => {
    const { out, asked } = await run(['apply', '-f', file(text), '--dry-run'], done);
    expect(asked[0]?.what).toBe('POST /v1/apply?dryRun=true');
    expect(out).toBe("vpc 'red' would be created\npolicy 'calm' would be changed\nguest 'web' unchanged\n");
  });

  it('shows the lines that change when told to, and values to programs', async () => {
    expect((await run(['apply', '-f', file(text), '--diff'], done)).out.startsWith(diff)).toBe(true);
    expect(JSON.parse((await run(['apply', '-f', file(text), '-o', 'json'], done)).out)).toEqual({ items });
  });

  const mistakes: readonly [title: string, text: string, complaint: string][] = [
    ['a mistake in the second document', 'vpcs: []\n---\n\nguests:\n  - { name: web, vcp: red }', '5:18: unknown key'],
    ['a mistake beside the dashes', 'vpcs: []\n--- { guests: [{ name: web, vcp: red }] }', '2:29: unknown key'],
    ['a mistake in each', 'vpcs: 1\n---\nguests: 2', "3:9: 'guests' is 2"],
    [
      'a policy that contradicts itself',
      '---\npolicies: [{ name: a, effect: pin, capabilities: [gni *] }]',
      '2:50: a pin is',
    ],
    ['broken YAML after the first document', 'vpcs: []\n---\nguests: [', 'region.yaml:3:'],
    ['nothing in it', '# nothing\n---\n', 'names nothing to apply, expected lists hosts, vpcs, policies, guests'],
  ];
  it.each(mistakes)('refuses a file with %s, with the place, before anything is sent', async (_, wrong, complaint) => {
    const { code, out, err, asked } = await run(['apply', '-f', file(wrong)], done);
    expect({ code, out, asked }).toEqual({ code: 2, out: '', asked: [] });
    expect(err).toContain(complaint);
  });
});

it('takes the example', async () => {
  const example = join(import.meta.dirname, '../examples/region.yaml');
  expect(await run(['apply', '-f', example, '--dry-run'], done)).toMatchObject({ code: 0, err: '' });
});

describe('weft diff', () => {
  it('shows what would change and ends with 1', async () => {
    const { code, out, asked } = await run(['diff', '-f', file(text)], done);
    expect({ code, out }).toEqual({ code: 1, out: diff });
    expect(asked[0]?.what).toBe('POST /v1/apply?dryRun=true');
  });

  it('shows nothing and ends with 0 when everything is as it is written', async () => {
    const same = { body: { items: items.map((item) => ({ ...item, done: 'unchanged' })) } };
    expect(await run(['diff', '-f', file(text)], same)).toMatchObject({ code: 0, out: '' });
  });

  it('ends with 2 when it cannot know', async () => {
    const refused = { status: 404, body: { code: 'unknown', message: "vpc 'red' does not exist" } };
    expect(await run(['diff', '-f', file(text)], refused)).toMatchObject({ code: 2, out: '' });
    expect(await cli(['diff', '-f', '/nonexistent'])).toMatchObject({ code: 2 });
    expect(await cli(['diff', '-f', file(text)])).toMatchObject({ code: 2 });
  });
});

describe('--dry-run of one thing', () => {
  const vpc = { name: 'red', gni: 7, prefixes: ['10.0.0.0/24'], guests: 0, revision: 3 };

  it('asks the controller, which writes nothing', async () => {
    await using controller = await FakeController.start({
      'POST /v1/vpcs?dryRun=true': { status: 201, body: vpc },
      'DELETE /v1/policies/calm?dryRun=true': { status: 204 },
    });
    const at = ['--dry-run', '--controller', controller.socket];
    expect((await cli(['create', 'vpc', 'red', '--prefix', '10.0.0.0/24', ...at])).out).toBe(
      "vpc 'red' would be created: GNI 7, 10.0.0.0/24\n",
    );
    expect((await cli(['delete', 'policy', 'calm', ...at])).out).toBe("policy 'calm' would be deleted\n");
  });
});
