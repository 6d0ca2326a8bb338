import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseAgentConfig } from '../config.ts';
import { addressesIn, writeJoined } from './config-file.ts';

const file = 'agent.yaml';
const joined = { host: 'a', controller: 'wss://192.0.2.1:6740', addresses: ['192.0.2.7'], labels: { rack: 'r1' } };

describe('the configuration that a join writes', () => {
  it('of nothing is one that the agent reads', () => {
    const text = writeJoined('', file, joined);
    expect(text).toMatch(/^# \/etc\/weft\/agent\.yaml: written by `weft join`/);
    expect(parseAgentConfig(text, file, 'machine')).toMatchObject({
      host: 'a',
      controllers: ['wss://192.0.2.1:6740/v1/agent'],
      substrateAddresses: ['192.0.2.7'],
      labels: { rack: 'r1' },
    });
  });

  it('of the example keeps every other key and every comment', () => {
    const example = readFileSync(join(import.meta.dirname, '../../examples/agent.yaml'), 'utf8');
    const text = writeJoined(example, file, joined);
    const comments = (of: string) => of.match(/#.*/g);
    expect(comments(text)).toEqual(comments(example));
    expect(parse(text)).toEqual({
      ...(parse(example) as object),
      ...{ host: 'a', controllers: ['wss://192.0.2.1:6740'], substrate: { addresses: ['192.0.2.7'] } },
      labels: { area: 'north', rack: 'r1' },
    });
  });

  it('is the same when it is written again', () => {
    const once = writeJoined('workers: 2\n', file, joined);
    expect(writeJoined(once, file, joined)).toBe(once);
  });

  it('leaves addresses as they are when nobody says others', () => {
    const text = writeJoined('substrate: {addresses: ["192.0.2.9", "2001:DB8::9"]}\n', file, {
      ...joined,
      addresses: undefined,
    });
    expect(addressesIn(text, file)).toEqual(['192.0.2.9', '2001:db8::9']);
  });

  it.each([
    ['a text that is no YAML', 'host: [a\n', /^agent\.yaml:\d+:\d+: /],
    ['one that holds no keys', '- a\n', /^agent\.yaml:1:1: it is no YAML mapping/],
  ])('of %s is none: its place is named', (_, text, why) => {
    expect(() => writeJoined(text, file, joined)).toThrow(why);
  });
});
