import { describe, expect, it } from 'vitest';
import type { Refusal, Update } from '../wire/control.ts';
import { Acknowledgements } from './acknowledgements.ts';

describe('acknowledgements', () => {
  const update = (number: number, ...keys: string[]): Update => ({
    number,
    set: [],
    removed: keys.map((key) => ({ type: 'session', key })),
  });
  function open() {
    const sent: string[] = [];
    const list = new Acknowledgements((number, refused) => sent.push(`${number}:${refused.length}`));
    return { sent, list };
  }

  it('do not wait for an earlier update about something else', () => {
    const { sent, list } = open();
    list.expect(update(1, 'slow'));
    list.expect(update(2, 'quick'))([]);
    expect(sent).toEqual(['2:0']);
  });

  it('wait for an earlier update about the same thing', () => {
    const { sent, list } = open();
    const first = list.expect(update(1, 'a', 'b'));
    list.expect(update(2, 'b', 'c'))([]);
    list.expect(update(3, 'c'))([]);
    expect(sent).toEqual([]);
    const refusal: Refusal = { name: { type: 'session', key: 'a' }, reason: 'x' };
    first([refusal]);
    expect(sent).toEqual(['1:1', '2:0', '3:0']);
  });

  it('of an ended session are not sent into the next', () => {
    const { sent, list } = open();
    const late = list.expect(update(1, 'a'));
    list.forget();
    late([]);
    expect(sent).toEqual([]);
  });
});
