import { describe, expect, it } from 'vitest';
import { Admission, sourceOf } from './admission.ts';

const limits = { connections: 3, perSource: 2 };

describe('a listener with too many connections', () => {
  it('has the one that has waited longest make room', () => {
    const admission = new Admission<string>(limits);
    for (const key of ['a', 'b', 'c']) expect(admission.admit(key, `source ${key}`)).toEqual({ ok: true });
    expect(admission.admit('d', 'source d')).toEqual({
      ok: true,
      instead: 'a',
      why: '3 connections, which is the limit',
    });
    expect(admission.size).toBe(3);
  });

  it('leaves those alone that have a request under way, however long', () => {
    const admission = new Admission<string>(limits);
    for (const key of ['a', 'b', 'c']) admission.admit(key, `source ${key}`);
    admission.began('a');
    admission.upgraded('b');
    expect(admission.admit('d', 'source d')).toMatchObject({ ok: true, instead: 'c' });
    admission.began('d');
    expect(admission.admit('e', 'source e')).toEqual({ ok: false, why: '3 connections, which is the limit' });
  });

  it('takes one whose request has ended for one that waits since then', () => {
    const admission = new Admission<string>(limits);
    for (const key of ['a', 'b', 'c']) admission.admit(key, `source ${key}`);
    admission.began('a');
    admission.ended('a');
    expect(admission.admit('d', 'source d')).toMatchObject({ instead: 'b' });
    expect(admission.admit('e', 'source e')).toMatchObject({ instead: 'c' });
    expect(admission.admit('f', 'source f')).toMatchObject({ instead: 'a' });
  });

  it('counts every request of a connection that has several at a time', () => {
    const admission = new Admission<string>({ connections: 1, perSource: 1 });
    admission.admit('a', 's');
    admission.began('a');
    admission.began('a');
    admission.ended('a');
    expect(admission.admit('b', 't')).toMatchObject({ ok: false });
    admission.ended('a');
    expect(admission.admit('b', 't')).toMatchObject({ ok: true, instead: 'a' });
  });
});

describe('a source with too many connections', () => {
  it('makes room with its own, not with those of others', () => {
    const admission = new Admission<string>(limits);
    admission.admit('other', 't');
    admission.admit('a', 's');
    admission.admit('b', 's');
    expect(admission.admit('c', 's')).toEqual({ ok: true, instead: 'a', why: '2 connections of one source' });
  });

  it('is refused while all of its own are in use', () => {
    const admission = new Admission<string>(limits);
    for (const key of ['a', 'b']) {
      admission.admit(key, 's');
      admission.upgraded(key);
    }
    expect(admission.admit('c', 's')).toEqual({ ok: false, why: '2 connections of one source' });
    expect(admission.admit('d', 't')).toEqual({ ok: true });
    admission.gone('a');
    admission.gone('a');
    expect(admission.admit('e', 's')).toEqual({ ok: true });
  });
});

describe('what is counted as one source', () => {
  it.each([
    [undefined, 'local'],
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('of %s it is %s', (address, source) => {
    expect(sourceOf(address)).toBe(source);
  });
});
