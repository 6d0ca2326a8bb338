import { describe, expect, it } from 'vitest';
import type { Guest, Host, Selection, Vpc } from '../wire/resources.ts';
import { type Answers, cli, FakeController } from './fake-controller.ts';

const red: Vpc = { name: 'red', gni: 7, prefixes: ['10.0.0.0/24', 'fd00:10::/64'], guests: 1, revision: 3 };

const web: Guest = {
  name: 'web',
  vpc: 'red',
  gni: 7,
  host: 'left',
  addresses: ['10.0.0.5/24'],
  phase: 'pending',
  revision: 4,
};

const left: Host = {
  name: 'left',
  connected: true,
  lastHeardMs: 999_000,
  agentVersion: '0.1.0',
  substrateAddresses: ['198.18.0.1'],
  labels: {},
  capabilities: { formats: ['gni 1.0', 'gni 1.1'], features: [], offloads: [], executors: [], ports: [], problems: [] },
  assets: {
    kernel: '6.1',
    operatingSystem: 'Debian 12',
    architecture: 'x64',
    cpus: 2,
    cpuModel: 'model',
    memoryBytes: 4 * 1024 ** 3,
    nics: [],
  },
  guests: 1,
  paths: [{ peer: 'right', pathMtu: 1500, roundTripUs: 90, lostPercent: 0 }],
};

const selection: Selection = {
  source: 'left',
  destination: 'right',
  selected: 'gni 1.1',
  reasons: ['gni 1.1: both hosts have it, highest common version'],
  decidedBy: [],
  accepted: ['gni 1.1'],
  sending: 'gni 1.1',
  generation: 1,
};

const answers: Answers = {
  'GET /v1/vpcs': { body: { items: [red] } },
  'GET /v1/vpcs/red': { body: red },
  'GET /v1/vpcs/blue': { status: 404, body: { code: 'not-found', message: "no vpc 'blue': there is red" } },
  'GET /v1/guests': { body: { items: [web] } },
  'GET /v1/guests?vpc=red&host=left': { body: { items: [] } },
  'GET /v1/guests/web': { body: { ...web, phase: 'running' } },
  'GET /v1/hosts': { body: { items: [left] } },
  'GET /v1/selections': { body: { items: [selection] } },
  'GET /v1/mappings': { body: { items: [] } },
  'POST /v1/vpcs': { status: 201, body: red },
  'POST /v1/guests': { status: 201, body: web },
  'DELETE /v1/guests/web': { status: 204 },
  'DELETE /v1/vpcs/red': {
    status: 409,
    body: { code: 'in-use', message: "vpc 'red' has 1 guest (web): delete it first" },
  },
};

/** Runs against a fake controller and says what it was asked. */
async function withController(argv: readonly string[], table: Answers = answers) {
  await using controller = await FakeController.start(table);
  const result = await cli([...argv, '--controller', controller.socket]);
  return { ...result, asked: controller.asked };
}

describe('weft get', () => {
  it('prints an aligned table', async () => {
    const { code, out, err } = await withController(['get', 'vpcs']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(
      'VPC  GNI  PREFIXES                   CUSTOMER  GUESTS\n' +
        'red    7  10.0.0.0/24, fd00:10::/64  -              1\n',
    );
  });

  it('prints hosts with what was measured', async () => {
    const { out } = await withController(['get', 'hosts']);
    expect(out).toContain('left  connected  1 s    198.18.0.1  gni 1.0, gni 1.1       1     2  4.0 GiB');
    expect(out).toContain('right 90 µs mtu 1500');
  });

  it('prints JSON and nothing else, of one shape with and without a name', async () => {
    const all = await withController(['get', 'vpcs', '--json']);
    const one = await withController(['get', 'vpcs', 'red', '--json']);
    expect(JSON.parse(all.out)).toEqual({ items: [red] });
    expect(JSON.parse(one.out)).toEqual({ items: [red] });
    expect(all.err + one.err).toBe('');
  });

  it('passes filters on and says on stderr that nothing fits', async () => {
    const { code, out, err, asked } = await withController(['get', 'guests', '--vpc', 'red', '--host', 'left']);
    expect({ code, out, err }).toEqual({ code: 0, out: '', err: 'no guests\n' });
    expect(asked[0]?.what).toBe('GET /v1/guests?vpc=red&host=left');
  });

  it('repeats the controller’s own sentence for an unknown name', async () => {
    const { code, out, err } = await withController(['get', 'vpcs', 'blue']);
    expect({ code, out, err }).toEqual({ code: 1, out: '', err: "weft: no vpc 'blue': there is red\n" });
  });

  it('says which name was meant', async () => {
    const table: Answers = {
      ...answers,
      'GET /v1/guests/webb': { status: 404, body: { code: 'unknown', message: "guest 'webb' does not exist" } },
      'DELETE /v1/guests/webb': { status: 404, body: { code: 'unknown', message: "guest 'webb' does not exist" } },
      'GET /v1/guests/other': { status: 404, body: { code: 'unknown', message: "guest 'other' does not exist" } },
    };
    const meant = { code: 1, err: "weft: guest 'webb' does not exist; did you mean 'web'?\n" };
    expect(await withController(['get', 'guest', 'webb'], table)).toMatchObject(meant);
    expect(await withController(['delete', 'guest', 'webb'], table)).toMatchObject(meant);
    expect((await withController(['get', 'guest', 'other'], table)).err).toBe("weft: guest 'other' does not exist\n");
  });

  it('shows selections of one host, from either side', async () => {
    expect((await withController(['get', 'selections', 'right'])).out).toContain('highest common version');
    const unknown = await withController(['get', 'selections', 'nobody']);
    expect(unknown).toMatchObject({ code: 1, err: "weft: host 'nobody' talks to no other host yet\n" });
  });
});

describe('weft create and delete', () => {
  it('sends a cloud as it was said', async () => {
    const { out, asked } = await withController([
      ...['create', 'vpc', 'red', '--prefix', '10.0.0.0/24', 'fd00:10::/64', '--gni', '7'],
    ]);
    expect(asked).toEqual([
      { what: 'POST /v1/vpcs', body: { name: 'red', prefixes: ['10.0.0.0/24', 'fd00:10::/64'], gni: 7 } },
    ]);
    expect(out).toBe("vpc 'red' created: GNI 7, 10.0.0.0/24, fd00:10::/64\n");
  });

  it('sends a guest with its command, whose options stay its own', async () => {
    await using controller = await FakeController.start(answers);
    const argv = ['create', 'guest', 'web', '--vpc', 'red', '--address', '10.0.0.5', '--address', 'fd00:10::5'];
    const { code } = await cli([...argv, '--controller', controller.socket, '--', 'serve', '--json', '-p', '80']);
    expect(code).toBe(0);
    expect(controller.asked[0]?.body).toEqual({
      name: 'web',
      vpc: 'red',
      addresses: ['10.0.0.5', 'fd00:10::5'],
      command: ['serve', '--json', '-p', '80'],
    });
  });

  it('sends what a guest requires and desires of its host', async () => {
    const { asked } = await withController([
      ...['create', 'guest', 'web', '--vpc', 'red', '--require', 'integrity', '--require', 'gni 1.1', '--desire', 'tc'],
    ]);
    expect(asked[0]?.body).toEqual({ name: 'web', vpc: 'red', require: ['integrity', 'gni 1.1'], desire: ['tc'] });
  });

  it('waits until the guest runs when told to', async () => {
    const { out, asked } = await withController(['create', 'guest', 'web', '--vpc', 'red', '--wait', '2', '--json']);
    expect(JSON.parse(out)).toMatchObject({ name: 'web', phase: 'running' });
    expect(asked.map(({ what }) => what)).toEqual(['POST /v1/guests', 'GET /v1/guests/web']);
  });

  it('says why a guest that it waits for failed', async () => {
    const failed = { ...answers, 'GET /v1/guests/web': { body: { ...web, phase: 'failed', detail: 'no TUN' } } };
    const { code, err } = await withController(['create', 'guest', 'web', '--vpc', 'red', '--wait'], failed);
    expect({ code, err }).toEqual({ code: 1, err: "weft: guest 'web' failed on host 'left': no TUN\n" });
  });

  it('deletes, and repeats the reason when that is refused', async () => {
    expect((await withController(['delete', 'guest', 'web'])).out).toBe("guest 'web' deleted\n");
    expect(await withController(['delete', 'vpc', 'red'])).toMatchObject({
      code: 1,
      err: "weft: vpc 'red' has 1 guest (web): delete it first\n",
    });
  });
});

describe('what goes wrong', () => {
  it('names the socket and what to do when no controller is there', async () => {
    const { code, out, err } = await cli(['get', 'hosts']);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^weft: cannot reach the controller at \/nonexistent\/controller\.sock: .*start one with/);
  });

  it('says so when something else answers', async () => {
    const { code, err } = await withController(['get', 'hosts'], { 'GET /v1/hosts': { body: 'hello' } });
    expect({ code, err: err.includes('is not a Weft controller') }).toEqual({ code: 1, err: true });
  });

  it('says so when neither controller nor agent is there', async () => {
    const { code, err } = await cli(['status']);
    expect(code).toBe(1);
    expect(err).toContain('cannot reach the agent at /nonexistent/agent.sock');
    expect(err).toContain('weft: neither a controller nor an agent answers here');
  });

  const wrongUse: readonly [argv: string, complaint: string][] = [
    ['nonsense', "unknown command 'nonsense'"],
    ['get', 'Usage: weft get'],
    ['get nonsense', "unknown command 'nonsense'"],
    ['gte hosts', 'Did you mean get?'],
    ['get hostss', 'Did you mean host'],
    ['get hosts --wid', 'Did you mean --wide?'],
    ['get hosts --nonsense', "unknown option '--nonsense'"],
    ['get hosts a b', 'too many arguments'],
    ['create guest web', "required option '--vpc <name>' not specified"],
    ['create vpc red', "required option '--prefix <cidr...>' not specified"],
    ['create vpc red --prefix 10.0.0.0/8 --gni 0', 'expected a whole number of 1 to 16777215'],
    ['capture --count x', 'expected a whole number of 1 to 1000000000'],
    ['capture left', "'left' is no host or guest of this machine"],
    ['agent', "required option '--config <file>' not specified"],
    ['get hosts --controller /x --lab y', "option '--lab <name>' cannot be used with option '--controller"],
    ['lab up /nonexistent/lab.yaml', 'lab file /nonexistent/lab.yaml: there is no such file'],
    ['completion tcsh', 'Allowed choices are bash, zsh, fish'],
  ];
  it.each(wrongUse)('weft %s ends with code 2', async (argv, complaint) => {
    const { code, out, err } = await cli(argv.split(' '));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(complaint);
  });

  it('explains every command with code 0', async () => {
    for (const argv of [['--help'], ['get', '--help'], ['lab', 'up', '--help'], ['help', 'create']]) {
      const { code, out } = await cli(argv);
      expect({ argv, code, usage: out.startsWith('Usage: weft') }).toEqual({ argv, code: 0, usage: true });
    }
  });
});
