import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { HostKey, Keys } from '../../wire/control.ts';
import { publicText, signKey } from '../../wire/keys.ts';
import { foreignHost } from './foreign.ts';
import { believedKeys, checkKeys } from './host-keys.ts';
import type { Host } from './records.ts';

const identity = generateKeyPairSync('ed25519');

function key(epoch: number, host = 'a'): HostKey {
  const publicKey = publicText(generateKeyPairSync('x25519').publicKey);
  return { epoch, publicKey, signature: signKey(identity.privateKey, { host, epoch, publicKey }) };
}

const keysOf = (...epochs: HostKey[]): Keys => ({ identity: publicText(identity.publicKey), epochs });

const stored = (instance: string, keys?: Keys): Host => ({
  ...foreignHost({ address: '198.18.0.1', framework: 'vxlan', labels: {} }),
  name: 'a',
  revision: 1,
  instance,
  ...(keys === undefined ? {} : { keys: { identity: keys.identity, epochs: [...keys.epochs] } }),
});

describe('a host’s identity', () => {
  const said = { host: 'a', instance: 'i', keys: keysOf(key(1)) };
  const other: Keys = { identity: 'another', epochs: [] };

  it('is the first that its instance shows, and no other after it', () => {
    expect(checkKeys(said, undefined)).toMatchObject({ ok: true, value: { identity: said.keys.identity } });
    expect(checkKeys(said, stored('i', said.keys))).toMatchObject({ ok: true });
    expect(checkKeys({ ...said, keys: other }, stored('i', said.keys))).toMatchObject({
      ok: false,
      message: expect.stringContaining('another identity key than before'),
    });
  });

  it('comes with a new instance', () => {
    expect(checkKeys({ ...said, instance: 'new', keys: other }, stored('i', said.keys))).toMatchObject({ ok: true });
  });

  it('is kept while the host encrypts nothing, so that it cannot be changed on the way', () => {
    const silent = checkKeys({ ...said, keys: { identity: '', epochs: [] } }, stored('i', said.keys));
    expect(silent).toEqual({ ok: true, value: { identity: said.keys.identity, epochs: [] } });
  });

  it('is none for a host that never had one', () => {
    const silent = { ...said, keys: { identity: '', epochs: [] } };
    expect(checkKeys(silent, stored('i'))).toEqual({ ok: true, value: undefined });
  });
});

describe('keys that are believed', () => {
  it('are those that the identity has signed, newest first', () => {
    const [first, second] = [key(1), key(2)];
    const { keys, faults } = believedKeys('a', keysOf(first, second), undefined);
    expect(keys.epochs).toEqual([second, first]);
    expect(faults).toEqual([]);
  });

  it('are not those of another host, nor changed ones', () => {
    const good = key(1);
    const changed = { ...key(3), publicKey: good.publicKey };
    const { keys, faults } = believedKeys('a', keysOf(good, key(2, 'b'), changed), undefined);
    expect(keys.epochs).toEqual([good]);
    expect(faults).toEqual([
      "key of epoch 3 is not signed by the host's identity",
      "key of epoch 2 is not signed by the host's identity",
    ]);
  });

  it('are not another key under an epoch that peers know', () => {
    const before = stored('old', keysOf(key(5)));
    const { keys, faults } = believedKeys('a', keysOf(key(5)), before);
    expect(keys.epochs).toEqual([]);
    expect(faults).toEqual(['key of epoch 5 is another one than that of the same epoch before: rotate it']);
  });
});
