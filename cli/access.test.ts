/** `weft access` and `weft audit`, and where a token may come from. */

import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accessToken } from './access-token.ts';
import { readConfig } from './config.ts';
import { cli, FakeController } from './fake-controller.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'weft-cli-access-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const token = 'weft.ann.secret';
const made = {
  name: 'ann',
  role: 'customer',
  customer: 'amber',
  createdMs: 0,
  createdBy: 'local',
  expiresMs: 86_400_000,
  token,
};

describe('weft access', () => {
  it('create prints the token alone, and says on stderr how long it is valid', async () => {
    await using controller = await FakeController.start({ 'POST /v1/access-tokens': { status: 201, body: made } });
    const argv = ['access', 'create', 'ann', '--role', 'customer', '--customer', 'amber', '--expires', '1d'];
    const { code, out, err } = await cli([...argv, '--controller', controller.socket]);
    expect({ code, out }).toEqual({ code: 0, out: `${token}\n` });
    expect(err).toBe("access token 'ann' (customer) is valid until 1970-01-02T00:00Z; it is not shown again\n");
    expect(controller.asked[0]?.body).toEqual({ name: 'ann', role: 'customer', customer: 'amber', lifeMs: 86_400_000 });
  });

  it.each([
    [['--role', 'king'], /Allowed choices are administrator, operator, customer, read-only/],
    [[], /required option '--role <role>' not specified/],
    [['--role', 'operator', '--expires', 'soon'], /expected a time such as 30m, 12h or 90d/],
    [['--role', 'operator', '--expires', '99999d'], /of at most ten years/],
  ])('create %j is a mistake, and nothing is asked', async (options, message) => {
    await using controller = await FakeController.start({});
    const { code, err } = await cli(['access', 'create', 'ann', ...options, '--controller', controller.socket]);
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(controller.asked).toEqual([]);
  });

  it('list shows who, until when, and when last', async () => {
    const { token: _token, ...listed } = made;
    const items = [
      { ...listed, lastUsedMs: 700_000 },
      { name: 'bob', role: 'operator', createdMs: 0, createdBy: 'token ann' },
    ];
    await using controller = await FakeController.start({ 'GET /v1/access-tokens': { body: { items } } });
    const { out } = await cli(['access', 'list', '--controller', controller.socket]);
    expect(out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['NAME', 'ROLE', 'CUSTOMER', 'EXPIRES', 'LAST USED', 'CREATED', 'BY'],
      ['ann', 'customer', 'amber', '1970-01-02T00:00Z', '5 min ago', '1970-01-01T00:00Z', 'local'],
      ['bob', 'operator', '-', 'never', 'never', '1970-01-01T00:00Z', 'token ann'],
      [''],
    ]);
  });

  it('delete deletes', async () => {
    await using controller = await FakeController.start({ 'DELETE /v1/access-tokens/ann': { status: 204 } });
    const { out } = await cli(['access', 'delete', 'ann', '--controller', controller.socket]);
    expect(out).toBe("access token 'ann' deleted\n");
  });
});

describe('weft audit', () => {
  const entry = { number: 7, timeMs: 0, who: 'token ann', role: 'operator', from: '192.0.2.1', outcome: 'done' };
  const first = { ...entry, what: 'POST /v1/vpcs', resource: 'vpc red', after: { gni: 1 } };
  const second = {
    ...entry,
    number: 8,
    what: 'GET /v1/hosts',
    resource: 'hosts',
    outcome: 'refused',
    why: 'not yours',
    role: 'customer',
    customer: 'amber',
  };

  it('shows who did what, from where, before and after', async () => {
    await using controller = await FakeController.start({
      'GET /v1/audit?limit=20': { body: { items: [first, second], next: 8, more: false } },
    });
    const { out } = await cli(['audit', '--controller', controller.socket]);
    expect(out.split('\n')).toEqual([
      '1970-01-01T00:00:00.000Z  token ann (operator) from 192.0.2.1  created vpc red',
      '    + {"gni":1}',
      '1970-01-01T00:00:00.000Z  token ann (customer amber) from 192.0.2.1  refused hosts',
      '    not yours',
      '',
    ]);
  });

  it('looks through all pages when it looks for something', async () => {
    await using controller = await FakeController.start({
      'GET /v1/audit?resource=vpc&since=400000&after=0&limit=100': { body: { items: [first], next: 7, more: true } },
      'GET /v1/audit?resource=vpc&since=400000&after=7&limit=100': { body: { items: [], next: 900, more: true } },
      'GET /v1/audit?resource=vpc&since=400000&after=900&limit=100': {
        body: { items: [second], next: 950, more: false },
      },
    });
    const { out, err } = await cli([
      'audit',
      '--resource',
      'vpc',
      '--since',
      '10m',
      '--json',
      '--controller',
      controller.socket,
    ]);
    expect(err).toBe('');
    expect(JSON.parse(out)).toEqual({ items: [first, second] });
  });

  it('goes on with what comes, until the controller cannot be asked any more', async () => {
    await using controller = await FakeController.start({
      'GET /v1/audit?limit=1': { body: { items: [first], next: 7, more: false } },
      'GET /v1/audit?after=7&limit=100': { body: { items: [second], next: 8, more: false } },
    });
    const { code, out } = await cli(['audit', '--follow', '--limit', '1', '--json', '--controller', controller.socket]);
    expect(code).toBe(1);
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([first, second]);
    expect(controller.asked.at(-1)?.what).toBe('GET /v1/audit?after=8&limit=100');
  });

  it('refuses a time that is none', async () => {
    expect(await cli(['audit', '--since', 'yesterday'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('expected a time'),
    });
  });
});

describe('a token', () => {
  const file = () => {
    const path = join(directory, 'token');
    writeFileSync(path, `${token}\n`);
    return path;
  };

  it('is sent to a URL, from a file or the environment', async () => {
    const seen: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.end(JSON.stringify({ items: [] }));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const list = ['access', 'list', '--controller', url];
    await cli([...list, '--token-file', file()]);
    await cli(list, { token: 'weft.bob.other' });
    await cli(list, { token: 'weft.bob.other', tokenFile: file() });
    await cli(list);
    expect(seen).toEqual([`Bearer ${token}`, 'Bearer weft.bob.other', `Bearer ${token}`, undefined]);
    server.close();
    await once(server, 'close');
  });

  it('is taken from the environment by these names', () => {
    const env = { WEFT_TOKEN: token, WEFT_TOKEN_FILE: '/x' };
    expect(readConfig(env)).toMatchObject({ token, tokenFile: '/x' });
    expect(readConfig({ WEFT_TOKEN: '' })).not.toHaveProperty('token');
  });

  it('is not sent to a Unix socket, where none is needed', () => {
    expect(accessToken('/run/weft/controller.sock', { tokenFile: '/nonexistent' })).toBeUndefined();
  });

  it('is not sent in the clear to another machine', () => {
    for (const url of ['http://192.0.2.1:6742', 'http://controller.example', 'http://127.0.0.1.example']) {
      expect(() => accessToken(url, { token })).toThrow(
        /is not sent to http:.*use https:\/\/, or a tunnel to a loopback address/,
      );
    }
    for (const url of ['http://127.0.0.1:1', 'http://localhost:1', 'http://[::1]:1', 'https://controller.example']) {
      expect(accessToken(url, { token })).toBe(token);
    }
  });

  it('that is none is a mistake with its place', () => {
    const path = join(directory, 'empty');
    writeFileSync(path, '\n');
    const url = 'https://controller.example';
    expect(() => accessToken(url, { tokenFile: path })).toThrow(`token file ${path} holds no access token`);
    expect(() => accessToken(url, { tokenFile: '/nonexistent' })).toThrow(
      'token file /nonexistent: there is no such file',
    );
    expect(() => accessToken(url, { token: 'two words' })).toThrow('WEFT_TOKEN holds no access token');
  });

  it('that is missing or wrong is told with how to give one', async () => {
    await using controller = await FakeController.start({
      'GET /v1/access-tokens': {
        status: 401,
        body: { code: 'unauthorized', message: 'an access token is needed here' },
      },
    });
    const { code, err } = await cli(['access', 'list', '--controller', controller.socket]);
    expect(code).toBe(1);
    expect(err).toContain('give one with --token-file FILE, WEFT_TOKEN_FILE or WEFT_TOKEN');
  });

  it('is no option, so that nobody writes it where ps shows it', async () => {
    expect((await cli(['access', 'list', '--token', token])).code).toBe(2);
  });
});
