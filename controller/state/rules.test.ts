import { describe, expect, it } from 'vitest';
import { limits } from '../../wire/limits.ts';
import { checkPrefixes, chooseAddresses, chooseGni } from './rules.ts';

describe('a GNI', () => {
  const takenBy = (taken: Record<number, string>) => (gni: number) => taken[gni];
  it('is the lowest free one', () => {
    expect(chooseGni(undefined, takenBy({}))).toEqual({ ok: true, value: 1 });
    expect(chooseGni(undefined, takenBy({ 1: 'a', 2: 'b', 4: 'c' }))).toEqual({ ok: true, value: 3 });
  });
  it('is the wanted one when it is free', () => {
    expect(chooseGni(7, takenBy({ 1: 'a' }))).toEqual({ ok: true, value: 7 });
    expect(chooseGni(1, takenBy({ 1: 'a' }))).toEqual({
      ok: false,
      code: 'taken',
      message: "GNI 1 is taken by vpc 'a': choose another one or leave it out",
    });
  });
  it('is refused when all are taken', () => {
    expect(chooseGni(undefined, (gni) => (gni <= limits.gni.max ? 'x' : undefined))).toMatchObject({
      code: 'exhausted',
    });
  });
});

describe('the prefixes of a cloud', () => {
  const good: [string[], string[]][] = [
    [['10.0.0.0/24'], ['10.0.0.0/24']],
    [
      ['10.0.0.0/24', '10.0.1.0/24'],
      ['10.0.0.0/24', '10.0.1.0/24'],
    ],
    [
      ['FD00:0::/64', '192.168.0.0/30'],
      ['fd00::/64', '192.168.0.0/30'],
    ],
    [['100.64.0.0/10'], ['100.64.0.0/10']],
    [['fd00::/126'], ['fd00::/126']],
  ];
  it.each(good)('%j are %j', (given, value) => {
    expect(checkPrefixes(given)).toEqual({ ok: true, value });
  });

  const bad: [string[], RegExp][] = [
    [['10.0.0.0'], /'10\.0\.0\.0' is not a prefix such as 10\.0\.0\.0\/24/],
    [['10.0.0/24'], /is not a prefix/],
    [['10.0.0.0/33'], /is not a prefix/],
    [['010.0.0.0/8'], /is not a prefix/],
    [['x/8'], /is not a prefix/],
    [['10.0.0.5/24'], /bits set behind its length: did you mean 10\.0\.0\.0\/24\?/],
    [['10.0.0.0/31'], /no room for guests: use \/30 or shorter/],
    [['10.0.0.0/32'], /no room/],
    [['fd00::/127'], /no room for guests: use \/126 or shorter/],
    [['0.0.0.0/0'], /overlaps 0\.0\.0\.0\/8/],
    [['127.0.0.0/8'], /which guests cannot use/],
    [['169.254.1.0/24'], /which guests cannot use/],
    [['224.0.0.0/24'], /which guests cannot use/],
    [['255.255.255.0/24'], /which guests cannot use/],
    [['fe80::/64'], /which guests cannot use/],
    [['ff02::/64'], /which guests cannot use/],
    [['::/64'], /which guests cannot use/],
    [['10.0.0.0/16', '10.0.3.0/24'], /10\.0\.0\.0\/16 and 10\.0\.3\.0\/24 overlap/],
    [['10.0.3.0/24', '10.0.0.0/16'], /overlap/],
    [['fd00::/64', 'fd00::/64'], /overlap/],
  ];
  it.each(bad)('%j are refused', (given, message) => {
    expect(checkPrefixes(given)).toMatchObject({ ok: false, code: 'invalid', message: expect.stringMatching(message) });
  });
});

describe('the addresses of a guest', () => {
  const cloud = (prefixes: string[], taken: Record<string, string> = {}) => ({
    name: 'blue',
    prefixes,
    owner: (address: string) => taken[address],
  });
  const four = cloud(['10.0.0.0/24'], { '10.0.0.2': 'g1', '10.0.0.3': 'g2', '10.0.0.5': 'g3' });

  const good: [string, string[] | undefined, ReturnType<typeof cloud>, string[]][] = [
    ['the lowest free one after the router', undefined, cloud(['10.0.0.0/24']), ['10.0.0.2/24']],
    ['the lowest gap', undefined, four, ['10.0.0.4/24']],
    ['one of each prefix', undefined, cloud(['10.0.0.0/24', 'fd00::/64']), ['10.0.0.2/24', 'fd00::2/64']],
    ['the last one', undefined, cloud(['10.0.0.0/30']), ['10.0.0.2/30']],
    ['the wanted one', ['10.0.0.77'], four, ['10.0.0.77/24']],
    ['the wanted one with its length', ['10.0.0.77/24'], four, ['10.0.0.77/24']],
    ['the last one before broadcast', ['10.0.0.254'], four, ['10.0.0.254/24']],
    ['the very last one in IPv6, which has no broadcast', ['fd00::f'], cloud(['fd00::/124']), ['fd00::f/124']],
    ['several', ['10.0.0.8', '10.0.0.9'], four, ['10.0.0.8/24', '10.0.0.9/24']],
    ['in one spelling', ['FD00:0:0::00aB'], cloud(['fd00::/64']), ['fd00::ab/64']],
  ];
  it.each(good)('are %s', (_title, wanted, from, value) => {
    expect(chooseAddresses(wanted, from)).toEqual({ ok: true, value });
  });

  const bad: [string, string[] | undefined, ReturnType<typeof cloud>, string, RegExp][] = [
    ['taken', ['10.0.0.5'], four, 'taken', /^address 10\.0\.0\.5 is taken in vpc 'blue' by guest 'g3'$/],
    ['taken, spelled in another way', ['fd00:0::5'], cloud(['fd00::/64'], { 'fd00::5': 'x' }), 'taken', /guest 'x'/],
    ['outside', ['10.0.1.5'], four, 'invalid', /in no prefix of vpc 'blue' \(10\.0\.0\.0\/24\)/],
    ['of the other family', ['fd00::5'], four, 'invalid', /in no prefix/],
    ['the network', ['10.0.0.0'], four, 'invalid', /network address/],
    ['the router', ['10.0.0.1'], four, 'invalid', /phantom router/],
    ['the router of IPv6', ['fd00::1'], cloud(['fd00::/64']), 'invalid', /phantom router/],
    ['the broadcast address', ['10.0.0.255'], four, 'invalid', /broadcast/],
    ['of another length', ['10.0.0.9/16'], four, 'invalid', /another length than its prefix 10\.0\.0\.0\/24/],
    ['no address', ['10.0.0'], four, 'invalid', /not an IP address/],
    ['no address', ['0x0a.0.0.9'], four, 'invalid', /not an IP address/],
    ['given twice', ['10.0.0.9', '10.0.0.9/24'], four, 'invalid', /given twice/],
    ['not to be had', undefined, cloud(['10.0.0.0/30'], { '10.0.0.2': 'x' }), 'exhausted', /no free address/],
  ];
  it.each(bad)('are refused when %s', (_title, wanted, from, code, message) => {
    expect(chooseAddresses(wanted, from)).toMatchObject({ ok: false, code, message: expect.stringMatching(message) });
  });
});
