import { describe, expect, it } from 'vitest';
import { readPing, sendEcho } from './echo.ts';

describe('an echo', () => {
  it('is sent by ping in the guest’s namespace, from the guest’s address', async () => {
    const ran: string[] = [];
    const run = async (command: string, args: readonly string[]) => {
      ran.push([command, ...args].join(' '));
      return { ok: true, stdout: 'exit 1\n' } as const;
    };
    const echo = { netnsPath: '/run/netns/x', source: 'fd00::5', destination: 'fd00::6', id: 9, waitMs: 2000 };
    expect(await sendEcho(run, echo)).toEqual({ ok: true, answeredUs: undefined });
    expect(ran).toHaveLength(1);
    expect(ran[0]).toMatch(/^nsenter --net=\/run\/netns\/x sh -c /);
    expect(ran[0]).toMatch(/ echo 6 fd00::5 fd00::6 2 9$/);
  });

  it.each([
    [
      '64 bytes from 10.0.0.6: icmp_seq=1 ttl=64 time=0.084 ms\n\n--- statistics\nexit 0\n',
      { ok: true, answeredUs: 84 },
    ],
    ['64 bytes from 10.0.0.6: icmp_seq=1 ttl=64 time=0.000 ms\nexit 0\n', { ok: true, answeredUs: 1 }],
    ['PING 10.0.0.6\n\n1 packets transmitted, 0 received\nexit 1\n', { ok: true, answeredUs: undefined }],
    ['ping: connect: Network is unreachable\nexit 2\n', { ok: false, why: 'ping: connect: Network is unreachable' }],
    [
      'RTNETLINK answers: Network is unreachable\nexit 2\n',
      { ok: false, why: 'RTNETLINK answers: Network is unreachable' },
    ],
    ['sh: 1: ping: not found\nexit 127\n', { ok: false, why: 'ping is missing on this host: install iputils-ping' }],
    ['exit 2\n', { ok: false, why: 'ping ended with exit code 2' }],
  ])('is judged by what ping says: %j', (output, expected) => {
    expect(readPing(output)).toEqual(expected);
  });
});
