import { describe, expect, it } from 'vitest';
import { FakeClock } from './fake-clock.ts';
import { addressNotHere, MissingError, missingCapability, substrateReady } from './preflight.ts';

describe('the check of the machine', () => {
  it.each([
    ['all', '000001ffffffffff', undefined],
    ['none', '0000000000000000', 'CAP_NET_ADMIN'],
    ['only CAP_NET_ADMIN', '0000000000001000', 'CAP_SYS_ADMIN'],
  ])('with %s of the capabilities', (_, mask, missing) => {
    expect(missingCapability(`Name:\tnode\nCapEff:\t${mask}\n`)).toBe(missing);
  });

  it('names the address that is missing and those that are there', () => {
    expect(addressNotHere(['198.18.0.1'], ['127.0.0.1', '198.18.0.1'])).toBeUndefined();
    expect(addressNotHere(['198.18.0.1', 'fd00::9'], ['127.0.0.1', '198.18.0.1', 'fe80::1%eth0'])).toBe(
      'substrate address fd00::9 is on no interface of this host that is up; it has 198.18.0.1',
    );
  });

  it('waits for an address that comes while it looks', async () => {
    const clock = new FakeClock();
    const own: string[] = [];
    const ready = substrateReady(clock, ['198.18.0.1'], () => own);
    await clock.advance(200);
    own.push('198.18.0.1');
    await clock.advance(50);
    await expect(ready).resolves.toBeUndefined();
  });

  it('gives up on an address that never comes', async () => {
    const clock = new FakeClock();
    const ready = substrateReady(clock, ['198.18.0.1'], () => []);
    const gaveUp = expect(ready).rejects.toThrow(MissingError);
    for (let waited = 0; waited < 5000; waited += 50) await clock.advance(50);
    await gaveUp;
  });
});
