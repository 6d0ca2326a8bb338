import { expect, test } from 'vitest';
import { devicesWithPrograms, removeEmptyPlaces } from './program-places.ts';

/** Answers of `tc`, by its arguments. */
function fakeTc(answers: Readonly<Record<string, unknown>>) {
  const ran: string[] = [];
  const run = async (_: string, args: readonly string[]) => {
    const line = args.join(' ');
    ran.push(line);
    const answer = answers[line];
    if (answer instanceof Error) return { ok: false, why: answer.message } as const;
    return { ok: true, stdout: answer === undefined ? '' : JSON.stringify(answer) } as const;
  };
  return { run, ran };
}

const ours = { protocol: 'all', pref: 0x5746, kind: 'bpf' };
const another = { protocol: 'all', pref: 1, kind: 'bpf' };
const gone = 'qdisc delete dev eth0 clsact';

test('devices of the host that carry a program of ours are found, guests’ and others’ are not', async () => {
  const { run } = fakeTc({
    '-j qdisc show': [
      { kind: 'clsact', dev: 'eth0' },
      { kind: 'clsact', dev: 'eth1' },
      { kind: 'clsact', dev: 'wgabc' },
      { kind: 'fq', dev: 'eth2' },
    ],
    '-j filter show dev eth0 ingress': [another, ours],
    '-j filter show dev eth1 ingress': [another],
    '-j filter show dev wgabc ingress': [ours],
  });
  expect(await devicesWithPrograms(run)).toEqual(['eth0']);
});

test('a place with nothing left in it is removed', async () => {
  const { run, ran } = fakeTc({ '-j filter show dev eth0 ingress': [] });
  await removeEmptyPlaces(run, ['eth0']);
  expect(ran).toContain(gone);
});

test.each<[string, Record<string, unknown>]>([
  ['at ingress', { '-j filter show dev eth0 ingress': [another] }],
  ['at egress', { '-j filter show dev eth0 egress': [another] }],
  ['perhaps: tc does not say', { '-j filter show dev eth0 egress': new Error('no') }],
  ['perhaps: tc says something else', { '-j filter show dev eth0 egress': { of: 'another version' } }],
])('a place with a program of somebody else stays: %s', async (_, answers) => {
  const { run, ran } = fakeTc(answers);
  await removeEmptyPlaces(run, ['eth0']);
  expect(ran).not.toContain(gone);
});
