import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../fake-clock.ts';
import { decodeStateFile, encodeStateFile } from './file.ts';
import { StateStore } from './store.ts';

describe('a state file', () => {
  const text = encodeStateFile({ names: ['ä', 'b'], n: 1 });

  it('reads back what was written', () => {
    expect(decodeStateFile(text)).toEqual({ ok: true, value: { names: ['ä', 'b'], n: 1 } });
  });

  it('is refused when cut at any byte', () => {
    const bytes = Buffer.from(text);
    for (let length = 0; length < bytes.length; length++) {
      expect(decodeStateFile(bytes.toString('utf8', 0, length)), `cut to ${length}`).toMatchObject({ ok: false });
    }
  });

  it('is refused when any byte of it is another one', () => {
    const bytes = Buffer.from(text);
    for (let i = 0; i < bytes.length; i++) {
      const changed = Buffer.from(bytes);
      changed[i] = (changed[i] ?? 0) ^ 1;
      const decoded = decodeStateFile(changed.toString('utf8'));
      // A change in a key of the first line that is not looked at does no harm; content is never another one.
      const believed = decoded.ok ? decoded.value : 'refused';
      expect(['refused', { names: ['ä', 'b'], n: 1 }]).toContainEqual(believed);
    }
    expect(decodeStateFile(text.replace('"n":1', '"n":2'))).toEqual({ ok: false, why: 'its checksum does not match' });
  });

  it('of another format is refused and says which', () => {
    expect(decodeStateFile(text.replace('"format":1', '"format":2'))).toEqual({
      ok: false,
      why: 'it has format 2, this agent reads format 1',
      isForeign: true,
    });
  });
});

describe('the state store', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'wagt-state-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const web = {
    type: 'guest',
    name: 'web',
    gni: 7,
    addresses: ['10.0.0.5/24'],
    command: ['true'],
    incarnation: 1,
  } as const;
  const there = { type: 'mapping', gni: 7, address: '10.0.0.9', host: 'b', guest: 'x', version: 3 } as const;
  const nowhere = { ...there, address: '10.0.0.8', host: undefined, guest: undefined };

  it('gives back everything after a restart', async () => {
    const clock = new FakeClock();
    const first = await StateStore.open(directory, clock);
    first.epoch = 4;
    first.leader = 's1';
    first.pathMtus.set('b', 1400);
    first.desired.set({ name: { type: 'guest', key: 'web' }, version: 'v1', body: web });
    first.desired.set({ name: { type: 'mapping', key: '7/10.0.0.9' }, version: 'v2', body: there });
    first.desired.set({ name: { type: 'mapping', key: '7/10.0.0.8' }, version: 'v3', body: nowhere });
    first.commands.set('web', { state: 'exited', argv: ['true'], pid: 9, exitCode: 0, signal: '' });
    await first.close();

    const second = await StateStore.open(directory, clock);
    expect(second.instance).toBe(first.instance);
    expect(second.epoch).toBe(4);
    expect(second.leader).toBe('s1');
    expect(second.pathMtus).toEqual(first.pathMtus);
    expect(second.commands).toEqual(first.commands);
    expect(second.desired.guests.get('web')).toEqual({ version: 'v1', body: web });
    expect(second.desired.mappings.get('7/10.0.0.9')?.body.host).toBe('b');
    expect(second.desired.mappings.get('7/10.0.0.8')?.body.host).toBeUndefined();
    expect([...second.desired.mappingsOn('b')]).toEqual(['7/10.0.0.9']);
  });

  it('has a new agent’s identity on disk before anyone is told it', async () => {
    const first = await StateStore.open(directory, new FakeClock());
    const second = await StateStore.open(directory, new FakeClock());
    expect(second.instance).toBe(first.instance);
  });

  it('writes mappings a moment later, once for many', async () => {
    const clock = new FakeClock();
    const store = await StateStore.open(directory, clock);
    store.desired.set({ name: { type: 'mapping', key: '7/10.0.0.9' }, version: 'v2', body: there });
    store.saveMappingsSoon();
    store.saveMappingsSoon();
    expect(readdirSync(directory)).toEqual(['state.json']);
    clock.advance(200);
    await store.close();
    expect(readFileSync(join(directory, 'mappings.json'), 'utf8')).toContain('10.0.0.9');
  });

  it('takes sessions of a file that was written before there were keys and pairs', async () => {
    const session = {
      peer: 'b',
      address: '198.18.0.2',
      udpPort: 6741,
      accept: ['gni 1.1'],
      generation: 1,
      reasons: [],
    };
    const core = { instance: 'x', epoch: 1, networks: [], guests: [], commands: {}, pathMtus: {} };
    const text = encodeStateFile({ ...core, sessions: [{ version: 'v', body: session }] });
    writeFileSync(join(directory, 'state.json'), text);
    const store = await StateStore.open(directory, new FakeClock());
    expect(store.desired.sessions.get('b')?.body).toMatchObject({ ...session, none: false, pairs: [], peerKeys: [] });
  });

  it('shares writes: saves asked for during a write are on disk with the next one', async () => {
    const store = await StateStore.open(directory, new FakeClock());
    const saves = [1, 2, 3, 4].map((epoch) => {
      store.epoch = epoch;
      return store.save();
    });
    await Promise.all(saves);
    expect(readFileSync(join(directory, 'state.json'), 'utf8')).toContain('"epoch":4');
  });

  const damages: Readonly<Record<string, { readonly by: (text: string) => string; readonly why: RegExp }>> = {
    'cut short': { by: (text) => text.slice(0, -3), why: /is damaged \(it has .* bytes of .*\)/ },
    empty: { by: () => '', why: /is damaged \(its first line is not that of a state file\)/ },
    'full of something else': { by: () => '\u0000'.repeat(4096), why: /is damaged \(its first line/ },
    'changed in one place': {
      by: (text) => text.replace(/.(?=.\n$)/, (last) => String.fromCharCode(last.charCodeAt(0) ^ 1)),
      why: /is damaged \(its checksum does not match\)/,
    },
    'of another version': {
      by: (text) => text.replace('"format":1', '"format":2'),
      why: /was written by another version of Weft \(it has format 2, this agent reads format 1\)/,
    },
  };

  async function damage(name: string, kind: string): Promise<string> {
    const store = await StateStore.open(directory, new FakeClock());
    await store.close();
    const path = join(directory, name);
    writeFileSync(path, damages[kind]?.by(readFileSync(path, 'utf8')) ?? '');
    return path;
  }

  it.each(Object.keys(damages))(
    'is refused in one sentence that says what to do when state.json is %s',
    async (kind) => {
      const path = await damage('state.json', kind);
      const opened = StateStore.open(directory, new FakeClock());
      await expect(opened).rejects.toThrow(damages[kind]?.why ?? 'no such damage');
      await expect(opened).rejects.toThrow(path);
      await expect(opened).rejects.toThrow(/move (it|the file) away and start again; the controller then tells/);
    },
  );

  it.each(Object.keys(damages))('goes on without mappings, and says so, when mappings.json is %s', async (kind) => {
    const path = await damage('mappings.json', kind);
    const store = await StateStore.open(directory, new FakeClock());
    expect(store.desired.mappings.size).toBe(0);
    expect(store.problem).toMatch(damages[kind]?.why ?? 'no such damage');
    expect(store.problem).toMatch(
      /^.*mappings\.json .*: the mappings in it are asked for again, and it is written anew$/,
    );
    await store.close();
    const next = await StateStore.open(directory, new FakeClock());
    expect(next.problem).toBeUndefined();
    expect(readFileSync(path, 'utf8')).toContain('"weft":"agent state"');
  });

  it('refuses a file that is whole but lacks parts', async () => {
    writeFileSync(join(directory, 'state.json'), encodeStateFile({ instance: 'x' }));
    await expect(StateStore.open(directory, new FakeClock())).rejects.toThrow('parts of it are missing');
  });
});
