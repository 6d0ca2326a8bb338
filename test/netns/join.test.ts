/** A host comes, is known, and is let go: `weft token`, `weft join`, `weft revoke`, with real agents and a controller. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Lab, upLab } from '../../lab/index.ts';
import { leftovers, root } from './region.ts';

const name = 'weft-j1';
const weft = join(root, 'bin/weft');
const controllerUrl = '198.18.255.1';
const folder = mkdtempSync(join(tmpdir(), 'weft-join-'));
const file = join(folder, 'agent.yaml');
let lab: Lab;

beforeAll(async () => {
  lab = await upLab({ name, hosts: [{ name: 'left' }, { name: 'new' }] });
  // A machine that never was a host: its agent is the test's.
  await lab.stopAgent('new');
  await lab.api.deleteHost('new');
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await lab?.down();
  expect(leftovers(name)).toEqual([]);
});

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(argv: readonly string[], env: Record<string, string> = {}): Ran {
  const [program = '', ...args] = argv;
  const options = { encoding: 'utf8', timeout: 20_000, env: { ...process.env, ...env } } as const;
  const { status, stdout, stderr } = spawnSync(program, args, options);
  return { code: status, stdout, stderr };
}

function token(...more: readonly string[]): string {
  return run([weft, 'token', 'create', '--lab', name, ...more]).stdout.trim();
}

function joinAs(text: string, url = controllerUrl): Ran {
  const inside = ['nsenter', `--net=/run/netns/${name}-new`];
  return run([...inside, weft, 'join', url, text, '--config', file, '--no-start']);
}

/** What an administrator had written before. */
function writeBefore(): void {
  const text = [
    '# our own',
    'controllers: [wss://192.0.2.10]',
    'substrate: {addresses: [192.0.2.11]}',
    `stateDirectory: ${join(folder, 'state')}`,
    `statusSocket: ${join(folder, 'agent.sock')}`,
    'namespacePrefix: weft-j1x-',
    `keys: {directory: ${join(folder, 'keys')}}`,
    'fastPath: {mode: off}',
    '',
  ];
  writeFileSync(file, text.join('\n'));
}

const trust = join(folder, 'state/trust');

test('a machine joins with one command, its configuration keeps what is not about that', async () => {
  writeBefore();
  const text = token('--host', 'new', '--label', 'rack=r7');
  const joined = joinAs(text);
  expect(joined).toMatchObject({ code: 0, stderr: '' });
  expect(joined.stdout).toMatch(/host 'new' has joined controller 'weft-j1' at https:\/\/198\.18\.255\.1:6740/);
  expect(readFileSync(file, 'utf8')).toContain('# our own');
  expect(parse(readFileSync(file, 'utf8'))).toMatchObject({
    host: 'new',
    controllers: ['wss://198.18.255.1:6740'],
    substrate: { addresses: ['198.18.0.2'] },
    namespacePrefix: 'weft-j1x-',
    labels: { rack: 'r7' },
  });
  expect([trust, join(trust, 'host.pem')].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o600]);
  const agent = lab.spawn('new', [weft, 'agent', '--config', file], { stdio: 'ignore' });
  const ended = new Promise((done) => agent.once('exit', done));
  try {
    await lab.waitUntil('new is connected', async () => (await lab.api.host('new')).connected);
    expect((await lab.api.host('new')).labels).toEqual({ rack: 'r7' });
    // It is cut within two seconds, and told why.
    const before = performance.now();
    expect(run([weft, 'revoke', 'new', '--lab', name]).stdout).toContain('its session was cut');
    await lab.waitUntil('new is cut off', async () => !(await lab.api.host('new')).connected);
    expect(performance.now() - before).toBeLessThan(2000);
    await lab.waitUntil('it is told why', async () => {
      const { stdout } = run([weft, 'status', '--agent', join(folder, 'agent.sock')]);
      return stdout.includes("host 'new' was revoked at");
    });
    // A token lets it back, without a restart.
    expect(joinAs(token('--host', 'new')).code).toBe(0);
    await lab.waitUntil('new is back', async () => (await lab.api.host('new')).connected, 30_000);
    expect((await lab.agentStatus('left')).session.state).toBe('connected');
  } finally {
    agent.kill('SIGTERM');
    await ended;
  }
});

describe('a join that is refused writes nothing and says what to do', () => {
  test('a token is good once, for its host, in its time', async () => {
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    const text = token('--host', 'other');
    const stolen = text.replace('.other.', '.new.');
    expect(joinAs(stolen).stderr).toContain("the join token is for host 'other', not for 'new'");
    expect(joinAs(text)).toMatchObject({ code: 0 });
    const again = joinAs(text);
    expect(again.code).toBe(1);
    expect(again.stderr).toMatch(
      /was used already, at .* from 198\.18\.0\.2: if that was not this host, weft revoke other/,
    );
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    const short = token('--host', 'new', '--ttl', '1s');
    await lab.waitUntil('it has expired', async () => {
      const { stdout } = run([weft, 'token', 'list', '--lab', name]);
      return /new +expired/.test(stdout);
    });
    expect(joinAs(short).stderr).toMatch(/the join token expired at .*weft token create --host new/);
    expect(joinAs(`${text.slice(0, 30)}`).stderr).toContain('this is no join token');
    expect(existsSync(file) || existsSync(trust)).toBe(false);
  });

  test('the address is not the controller’s', async () => {
    const text = token('--host', 'new');
    expect(joinAs(text, '198.18.255.1:6741').stderr).toContain('nothing listens there');
    expect(joinAs(text, 'http://198.18.255.1').stderr).toContain('nothing is said without TLS');
    // A controller of another region: the secret is not sent to it.
    const [head, host, secret] = text.split('.');
    expect(joinAs([head, host, secret, 'A'.repeat(43)].join('.')).stderr).toContain('the secret was not sent');
    expect(existsSync(file)).toBe(false);
  });
});
