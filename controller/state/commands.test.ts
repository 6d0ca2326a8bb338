import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noKeys } from '../../wire/control.ts';
import { ciphers } from '../../wire/encapsulation.ts';
import { Trail } from '../access/trail.ts';
import { openEmbeddedStore } from '../store/embedded.ts';
import { type Store, storeLimits } from '../store/store.ts';
import { Commands, Fenced, raiseEpoch } from './commands.ts';
import { keys } from './records.ts';
import { State } from './state.ts';

let directory: string;
let store: Store;
let state: State;
let commands: Commands;
let fenced: Fenced[];
let watching: AbortController;
let following: Promise<void>;
let nowMs = 1000;

async function open(): Promise<void> {
  store = await openEmbeddedStore({ file: join(directory, 'store.sqlite') });
  const { epoch } = await raiseEpoch(store);
  state = new State();
  await state.load(store);
  watching = new AbortController();
  following = state.follow(store, watching.signal);
  fenced = [];
  commands = new Commands({
    store,
    state,
    epoch,
    trail: await Trail.open(store),
    unixMs: () => nowMs,
    place: (_state, { host }) => ({ ok: true, host: host ?? 'a', reason: 'test' }),
    onFenced: (error) => fenced.push(error),
  });
}

async function close(): Promise<void> {
  watching.abort();
  await following;
  await store.close();
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'weft-state-'));
  await open();
});
afterEach(async () => {
  await close();
  await rm(directory, { recursive: true });
});

const hello = (host: string) => ({
  host,
  instance: 'i',
  agentVersion: '1',
  substrateAddresses: ['198.18.0.1'],
  udpPort: 1,
  capabilities: { formats: ['gni 1.0'], features: [], offloads: [], executors: [], ports: [], problems: [] },
  keys: noKeys,
  assets: {
    kernel: '',
    operatingSystem: '',
    architecture: '',
    cpus: 1,
    cpuModel: '',
    memoryBytes: 0,
    nics: [],
    labels: { rack: '1' },
  },
});

describe('the epoch', () => {
  it('rises with every start', async () => {
    expect((await store.get(keys.epoch))?.value).toBe('1');
    await close();
    await open();
    expect((await store.get(keys.epoch))?.value).toBe('2');
  });

  it('fences a controller that was overtaken: it writes nothing more, and is told', async () => {
    await commands.createVpc({ name: 'blue', prefixes: ['10.0.0.0/24'] });
    await raiseEpoch(store);
    await expect(commands.createVpc({ name: 'red', prefixes: ['10.0.0.0/24'] })).rejects.toBeInstanceOf(Fenced);
    await expect(commands.deleteVpc('blue')).rejects.toBeInstanceOf(Fenced);
    expect(fenced).toHaveLength(2);
    expect((await store.range('vpcs/')).entries.map(({ key }) => key)).toEqual(['vpcs/blue']);
  });
});

describe('a write', () => {
  it('is seen by whoever made it, at the revision of the store', async () => {
    const created = await commands.createVpc({ name: 'blue', prefixes: ['10.0.0.0/24'] });
    expect(created).toMatchObject({ ok: true, value: { name: 'blue', revision: 2 } });
    expect(state.vpcByGni(1)?.name).toBe('blue');
    expect(state.revision).toBe(2);
  });

  it('of a host that says the same again is not made', async () => {
    await commands.registerHost(hello('a'));
    const { revision } = state;
    await commands.registerHost(hello('a'));
    expect(state.revision).toBe(revision);
    await commands.registerHost({ ...hello('a'), agentVersion: '2' });
    expect(state.revision).toBe(revision + 1);
  });

  it('of the same host after a restart is not made either', async () => {
    await commands.registerHost(hello('a'));
    await close();
    await open();
    const { revision } = state;
    await commands.registerHost(hello('a'));
    expect(state.revision).toBe(revision);
  });

  it('that failed does not hold up the next', async () => {
    const [bad, good] = await Promise.all([
      commands.createVpc({ name: 'bad', prefixes: ['nothing'] }),
      commands.createVpc({ name: 'good', prefixes: ['10.0.0.0/24'] }),
    ]);
    expect([bad.ok, good.ok]).toEqual([false, true]);
  });

  it('of many selections is split, and a deleted host takes them with it', async () => {
    const peers = Array.from({ length: 2 * storeLimits.perTransaction }, (_, i) => `p${i}`);
    for (const name of ['a', ...peers]) await commands.registerHost(hello(name));
    const value = { selected: 'gni 1.0', reasons: ['because'], decidedBy: [] };
    await commands.saveSelections(peers.map((destination) => ({ source: 'a', destination, value })));
    await commands.saveSelections([{ source: 'p1', destination: 'p2', value }]);
    expect(state.selections.size).toBe(peers.length + 1);
    expect(state.selection('a', 'p7')).toMatchObject({ selected: 'gni 1.0', source: 'a', destination: 'p7' });
    await commands.deleteHost('a');
    expect([...state.selections.keys()]).toEqual([keys.selection('p1', 'p2')]);
    // Of a host that is gone nothing is stored.
    await commands.saveSelections([{ source: 'a', destination: 'p1', value }]);
    expect(state.selections.size).toBe(1);
  });
});

describe('a policy', () => {
  const calm = { name: 'calm', effect: 'forbid', capabilities: ['gni 1.1'] } as const;
  const put = (rest: object = {}) => commands.putPolicy({ ...calm, capabilities: ['gni 1.1'], ...rest });

  it('that is as wanted already is not written again, however it is spelt', async () => {
    await put({ match: { host: 'a', direction: 'from' } });
    const { revision } = state;
    await put({ match: { direction: 'from', host: 'a' }, author: 'administrator' });
    expect(state.revision).toBe(revision);
    expect(await put({ match: {} })).toMatchObject({ ok: true, value: { revision: revision + 1 } });
    expect(state.policies.get('calm')).toMatchObject({ author: 'administrator', capabilities: ['gni 1.1'] });
    await close();
    await open();
    expect([...state.policies.keys()]).toEqual(['calm']);
  });

  const refused: [title: string, rest: object, message: RegExp][] = [
    ['a pin of two', { effect: 'pin', capabilities: ['gni 1.0', 'gni 1.1'] }, /'capabilities': a pin is of one format/],
    ['a pin of a framework', { effect: 'pin', capabilities: ['gni *'] }, /a pin is of one format/],
    [
      'an order of features',
      { effect: 'order', capabilities: ['gni *', 'integrity'] },
      /'capabilities.1': 'integrity'/,
    ],
    ['a pin of two ciphers', { effect: 'pin', capabilities: ['gni 3.0', ...ciphers] }, /of one format, one cipher or/],
    [
      'an inference of features',
      { effect: 'infer', capabilities: ['lz4'] },
      /'lz4' is a feature, expected formats such as gni \*/,
    ],
    ['a direction of nothing', { match: { direction: 'to' } }, /'match.direction': .*no end is named/],
    ['a capability twice', { capabilities: ['gni *', 'gni *'] }, /'gni \*' is there twice/],
    ['a word that nobody knows', { capabilities: ['intergrity'] }, /'intergrity' is neither a framework nor a feature/],
    ['a customer’s about another', { author: 'customer amber', match: { customer: 'b' } }, /expected 'amber'/],
  ];
  it.each(refused)('is refused: %s', async (_title, rest, message) => {
    expect(await put(rest)).toEqual({ ok: false, code: 'invalid', message: expect.stringMatching(message) });
    expect(state.policies.size).toBe(0);
  });

  it('of a customer is stored as its own, and decides over its own clouds only', async () => {
    const by = (customer: string, rest: object = {}) => put({ author: `customer ${customer}`, ...rest });
    await commands.createVpc({ name: 'red', prefixes: ['10.0.0.0/24'], customer: 'amber' });
    await commands.registerHost(hello('a'));
    await commands.createGuest({ name: 'red1', vpc: 'red', host: 'a' });
    expect(await by('amber', { match: { cloud: 'red', guest: 'red1' } })).toMatchObject({ ok: true });
    expect(state.policies.get('calm')?.author).toBe('customer amber');
    // They may come later.
    expect(await by('other', { match: { cloud: 'blue' } })).toMatchObject({ ok: true });
    const refused = (match: object) => by('other', { match });
    expect(await refused({ cloud: 'red' })).toEqual({
      ok: false,
      code: 'invalid',
      message: "policy 'calm' is by customer other: vpc 'red' is not of customer 'other', who decides over no other",
    });
    expect(await refused({ guest: 'red1' })).toMatchObject({
      ok: false,
      message: expect.stringContaining("guest 'red1' is in vpc 'red', which is not of customer 'other'"),
    });
    expect(await by('amber', { effect: 'infer' })).toMatchObject({
      ok: false,
      message: expect.stringContaining('for an administrator to decide'),
    });
  });

  it('may name the framework of a host that is newer than the controller', async () => {
    const newer = hello('new');
    await commands.registerHost({ ...newer, capabilities: { ...newer.capabilities, formats: ['sail 7'] } });
    expect(await put({ capabilities: ['sail *'] })).toMatchObject({ ok: true });
  });
});

describe('the history of selections', () => {
  const save = async (selected: string | undefined, at: number, rest: { reasons?: string[]; by?: string[] } = {}) => {
    nowMs = at;
    const value = {
      ...(selected === undefined ? {} : { selected }),
      reasons: rest.reasons ?? ['r'],
      decidedBy: rest.by ?? [],
    };
    await commands.saveSelections([{ source: 'a', destination: 'b', value }]);
    return state.selection('a', 'b');
  };
  beforeEach(async () => {
    for (const name of ['a', 'b']) await commands.registerHost(hello(name));
  });

  it('holds what was selected when, without the present', async () => {
    const first = await save('gni 1.0', 10);
    // Another reason for the same is no other selection.
    expect(await save('gni 1.0', 20, { reasons: ['s'] })).toMatchObject({ sinceMs: 10, reasons: ['s'] });
    const second = await save(undefined, 30, { by: ['p'] });
    expect(await commands.pastSelections('a', 'b')).toEqual([
      {
        selected: 'gni 1.0',
        reasons: ['s'],
        decidedBy: [],
        generation: (first?.revision ?? 0) + 1,
        fromMs: 10,
        untilMs: 30,
      },
    ]);
    expect(await save('gni 1.1', 40)).toMatchObject({ sinceMs: 40 });
    expect(await commands.pastSelections('a', 'b')).toMatchObject([
      { selected: 'gni 1.0' },
      { decidedBy: ['p'], generation: second?.revision, fromMs: 30, untilMs: 40 },
    ]);
    expect(await commands.pastSelections('b', 'a')).toEqual([]);
  });

  it('is bounded, and goes with its host', async () => {
    for (let i = 0; i < 50; i++) await save(`gni 1.${i % 2}`, i);
    const past = await commands.pastSelections('a', 'b');
    expect(past.map(({ fromMs }) => fromMs)).toEqual(Array.from({ length: 32 }, (_, i) => 17 + i));
    await commands.deleteHost('a');
    expect(await commands.pastSelections('a', 'b')).toEqual([]);
    expect((await store.range('past-selections/')).entries).toEqual([]);
  });
});

describe('the next free address', () => {
  const create = async (name: string, addresses?: string[]) => {
    const made = await commands.createGuest({ name, vpc: 'blue', ...(addresses === undefined ? {} : { addresses }) });
    return made.ok ? made.value.addresses[0] : made.code;
  };
  it('is the lowest one, also after some were given back, taken by name, or the cloud made anew', async () => {
    await commands.createVpc({ name: 'blue', prefixes: ['10.0.0.0/28'] });
    await create('named', ['10.0.0.4']);
    expect([await create('a'), await create('b'), await create('c')]).toEqual([
      '10.0.0.2/28',
      '10.0.0.3/28',
      '10.0.0.5/28',
    ]);
    await commands.deleteGuest('b');
    await commands.deleteGuest('a');
    expect([await create('d'), await create('e'), await create('f')]).toEqual([
      '10.0.0.2/28',
      '10.0.0.3/28',
      '10.0.0.6/28',
    ]);
    for (let i = 7; i <= 14; i++) expect(await create(`g${i}`)).toBe(`10.0.0.${i}/28`);
    expect(await create('full')).toBe('exhausted');
    await commands.deleteGuest('g9');
    expect(await create('last')).toBe('10.0.0.9/28');
    for (const name of [...state.guests.keys()]) await commands.deleteGuest(name);
    await commands.deleteVpc('blue');
    await commands.createVpc({ name: 'blue', prefixes: ['10.0.0.0/28'] });
    expect(await create('first')).toBe('10.0.0.2/28');
  });
});

describe('the state', () => {
  it('is the same after a restart, also of more than one page', async () => {
    await commands.createVpc({ name: 'blue', prefixes: ['10.0.0.0/16'] });
    const names = Array.from({ length: storeLimits.pageEntries + 200 }, (_, i) => `g${i}`);
    await Promise.all(names.map((name) => commands.createGuest({ name, vpc: 'blue' })));
    const before = [...state.guests].sort();
    await close();
    await open();
    expect([...state.guests].sort()).toEqual(before);
    expect(state.mappings).toBe(names.length);
    expect(state.guestCount('a')).toBe(names.length);
    expect(state.guestAt(1, '10.0.0.2')?.name).toBe('g0');
  });

  it('refuses a record that it cannot read, and names it', async () => {
    await store.transact({ compare: [], operations: [{ kind: 'put', key: 'other/x', value: 'anything' }] });
    await expect(new State().load(store)).resolves.toBeUndefined();
    await commands.createVpc({ name: 'blue', prefixes: ['10.0.0.0/24'] });
    watching.abort();
    await following;
    await store.transact({ compare: [], operations: [{ kind: 'put', key: 'guests/x', value: '{"vpc": 5}' }] });
    await expect(new State().load(store)).rejects.toMatchObject({
      code: 'damaged',
      message: expect.stringMatching(/a guest under guests\/x that this Weft cannot read/),
    });
  });
});
