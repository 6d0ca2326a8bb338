import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Policy } from '../wire/policy.ts';
import { type Answers, cli, FakeController } from './fake-controller.ts';

const folder = mkdtempSync(join(tmpdir(), 'weft-policy-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(text: string): string {
  const path = join(folder, 'policies.yaml');
  writeFileSync(path, text);
  return path;
}

async function withController(argv: readonly string[], answers: Answers) {
  await using controller = await FakeController.start(answers);
  const result = await cli([...argv, '--controller', controller.socket]);
  return { ...result, asked: controller.asked };
}

const calm: Policy = {
  name: 'calm',
  author: 'administrator',
  match: { environment: 'production', direction: 'to' },
  effect: 'forbid',
  capabilities: ['gni 2.0', 'gni 3.0'],
  revision: 7,
};

function applied(policies: Readonly<Record<string, string>>): object {
  return { items: Object.entries(policies).map(([name, done]) => ({ kind: 'policy', name, done, after: { name } })) };
}

describe('weft policy', () => {
  it('applies a file and says what became of each', async () => {
    const text = `policies:
  - { name: calm, match: { environment: production }, effect: forbid, capabilities: [gni 2.0] }
  - { name: same, effect: prefer, capabilities: [gni 1.0] }
  - { name: new, effect: require, capabilities: [integrity] }
`;
    const { code, out, asked } = await withController(['policy', 'apply', '-f', file(text)], {
      'POST /v1/apply': { body: applied({ calm: 'changed', same: 'unchanged', new: 'created' }) },
    });
    expect({ code, out }).toEqual({
      code: 0,
      out: "policy 'calm' changed\npolicy 'same' unchanged\npolicy 'new' created\n",
    });
    const first = { name: 'calm', match: { environment: 'production' }, effect: 'forbid', capabilities: ['gni 2.0'] };
    expect(asked[0]?.body).toMatchObject({ policies: [first, { name: 'same' }, { name: 'new' }] });
  });

  it('says what is refused of a file; nothing of it is applied then', async () => {
    const { code, out, err } = await withController(
      ['policy', 'apply', '-f', file('policies:\n  - { name: one, effect: prefer, capabilities: [gni 1.0] }\n')],
      { 'POST /v1/apply': { status: 409, body: { code: 'in-use', message: "policy 'one' is being changed" } } },
    );
    expect({ code, out, err }).toEqual({ code: 1, out: '', err: "weft: policy 'one' is being changed\n" });
  });

  const mistakes: readonly [title: string, text: string, complaint: string][] = [
    ['an unknown key', 'policies:\n  - { name: a, efect: forbid, capabilities: [gni *] }', "2:16: unknown key 'efect'"],
    [
      'an unknown effect',
      'policies:\n  - name: a\n    effect: hate\n    capabilities: [gni *]',
      "3:13: 'policies[0].effect' is 'hate'",
    ],
    [
      'no capability',
      'policies:\n  - { name: a, effect: pin, capabilities: [gni one] }',
      "2:44: 'policies[0].capabilities[0]' is 'gni one'",
    ],
    [
      'a pin of two',
      'policies:\n  - { name: a, effect: pin, capabilities: [gni 1.0, gni 1.1] }',
      '2:43: a pin is of one format',
    ],
    [
      'a direction alone',
      'policies:\n  - { name: a, effect: forbid, capabilities: [gni *], match: { direction: to } }',
      "2:75: direction 'to' says which end",
    ],
    [
      'a name twice',
      'policies:\n  - &p { name: a, effect: forbid, capabilities: [gni *] }\n  - *p',
      "policy 'a' is there twice",
    ],
    ['no policies', '', "1:1: key 'policies' is missing"],
  ];
  it.each(mistakes)(
    'refuses a file with %s before anything is applied, with the place',
    async (_title, text, complaint) => {
      const path = file(text);
      const { code, out, err, asked } = await withController(['policy', 'apply', '-f', path], {});
      expect({ code, out, asked }).toEqual({ code: 2, out: '', asked: [] });
      expect(err).toContain(complaint);
      expect(err.startsWith(`${path}:`)).toBe(true);
    },
  );

  it('takes the example', async () => {
    const example = join(import.meta.dirname, '../examples/policies.yaml');
    const names = [
      'production-encrypted',
      'checked-across-areas',
      'small-across-areas',
      'other-cipher-first',
      'quiet-in-the-rack',
    ];
    const { code, out } = await withController(['policy', 'apply', '-f', example], {
      'POST /v1/apply': { body: applied(Object.fromEntries(names.map((name) => [name, 'created']))) },
    });
    expect(code).toBe(0);
    expect(out).toBe(names.map((name) => `policy '${name}' created\n`).join(''));
  });

  it('says so when there is no such file', async () => {
    expect(await cli(['policy', 'apply', '-f', '/nonexistent.yaml'])).toMatchObject({
      code: 2,
      err: 'weft: policy file /nonexistent.yaml: there is no such file\n',
    });
  });

  it('lists, also as `get policies`, and deletes', async () => {
    const answers: Answers = {
      'GET /v1/policies': { body: { items: [calm] } },
      'GET /v1/policies/calm': { body: calm },
      'DELETE /v1/policies/calm': { status: 204 },
    };
    const table =
      'POLICY  AUTHOR         MATCH                                 EFFECT  CAPABILITIES      DESCRIPTION\n' +
      'calm    administrator  environment production, direction to  forbid  gni 2.0, gni 3.0  -\n';
    expect((await withController(['policy', 'get'], answers)).out).toBe(table);
    expect((await withController(['get', 'policy', 'calm'], answers)).out).toBe(table);
    expect((await withController(['policy', 'delete', 'calm'], answers)).out).toBe("policy 'calm' deleted\n");
  });
});
