import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../fake-clock.ts';
import type { TestSizes, WorkAround } from './machine.ts';
import { SelfTests, type TestPacket } from './tests.ts';

const sizes: TestSizes = { full: 1456, least: 532, overhead: 44, partial: true };

describe('the test of a session', () => {
  let clock: FakeClock;
  let sent: TestPacket[];
  let said: string[];
  let tests: SelfTests;
  let workAround: WorkAround | undefined;
  /** How many packets of one that is sent come whole to the peer; undefined: there is no answer. */
  let path: (packet: TestPacket) => number | undefined;

  beforeEach(() => {
    clock = new FakeClock();
    sent = [];
    said = [];
    workAround = undefined;
    path = ({ packets }) => packets;
    tests = new SelfTests({
      clock,
      random: () => 0.5,
      send: (peer, packet) => {
        sent.push(packet);
        const intact = path(packet);
        // The answer comes later, as from a network.
        if (intact !== undefined) clock.after(1, () => tests.answered(peer, packet.id, intact));
      },
      sizes: () => ({ ...sizes, full: (workAround?.pathMtu ?? 1500) - sizes.overhead }),
      onWorkAround: (_, found) => {
        workAround = found;
      },
      onFound: (peer, findings, before) => said.push(`${peer}: ${findings.join('; ')} after ${before.join('; ')}`),
      onFailure: (why) => said.push(why),
    });
  });

  const word = ({ innerLength, packets, partialChecksum }: TestPacket) =>
    `${innerLength}${packets === 1 ? '' : ` x ${packets}`}${partialChecksum ? ' partial' : ''}`;

  it('sends one of each kind when a session may first send, and again every 10 minutes', () => {
    tests.terms('b', 'gni 1.1');
    clock.advance(2000);
    expect(sent.map(word)).toEqual(['100', '1456', '1456 partial', '1456 x 8 partial']);
    expect(said).toEqual(['b:  after ']);
    expect(tests.result('b')?.testedMs).toBeGreaterThan(0);
    tests.terms('b', 'gni 1.1');
    clock.advance(590_000);
    expect(sent).toHaveLength(4);
    clock.advance(20_000);
    expect(sent).toHaveLength(8);
    expect(workAround).toBeUndefined();
  });

  it('forgives what was lost by chance', () => {
    let count = 0;
    path = ({ packets }) => (count++ % 3 === 2 ? packets : undefined);
    tests.terms('b', 'gni 1.1');
    clock.advance(20_000);
    expect(sent).toHaveLength(12);
    expect(tests.result('b')).toMatchObject({ findings: [] });
  });

  it('finds a smaller size that comes through, and keeps to it', () => {
    path = ({ innerLength, packets }) => (innerLength > 1300 ? undefined : packets);
    tests.terms('b', 'gni 1.1');
    clock.advance(10_000);
    expect(workAround).toEqual({ udpGso: true, pathMtu: 994 + 44 });
    const finding = 'packets of 1500 bytes do not come through: none larger than 1038 are sent';
    expect(tests.result('b')?.findings).toEqual([finding]);
    sent.length = 0;
    clock.advance(700_000);
    expect(sent.map(word)).toEqual(['100', '994', '994 partial', '994 x 8 partial']);
    expect(tests.result('b')?.findings).toEqual([finding]);
  });

  it('says that nothing large comes through when no smaller size does', () => {
    path = ({ innerLength, packets }) => (innerLength > 100 ? undefined : packets);
    tests.terms('b', 'gni 1.1');
    clock.advance(60_000);
    expect(workAround).toBeUndefined();
    expect(tests.result('b')?.findings).toEqual([
      expect.stringMatching(/^packets of \d+ bytes do not come through, and much smaller ones are no way around$/),
    ]);
  });

  it('sends packets one by one where several in one send do not come whole', () => {
    path = ({ packets }) => (packets > 1 && workAround?.udpGso !== false ? 7 : packets);
    tests.terms('b', 'gni 1.1');
    clock.advance(20_000);
    expect(workAround).toEqual({ udpGso: false, pathMtu: undefined });
    expect(tests.result('b')?.findings).toEqual([
      'several packets in one send do not come through whole: each is sent alone',
    ]);
  });

  it('leaves sends as they were when one by one does not help either', () => {
    path = ({ packets }) => (packets > 1 ? 5 : packets);
    tests.terms('b', 'gni 1.1');
    clock.advance(20_000);
    expect(workAround).toBeUndefined();
    expect(tests.result('b')?.findings).toEqual(['of 8 packets sent at once 5 come through']);
  });

  it('tells of partial checksums that do not come through, and does not ask formats without them', () => {
    path = ({ packets, partialChecksum }) => (partialChecksum && packets === 1 ? undefined : packets);
    tests.terms('b', 'gni 1.1');
    clock.advance(20_000);
    expect(tests.result('b')?.findings).toEqual(['packets whose inner checksum is left partial do not come through']);
  });

  it('forgets ways around when another encapsulation is agreed, and tests that', () => {
    path = ({ packets }) => (packets > 1 && workAround?.udpGso !== false ? 7 : packets);
    tests.terms('b', 'gni 1.1');
    clock.advance(20_000);
    path = ({ packets }) => packets;
    sent.length = 0;
    tests.terms('b', 'gni 2.0');
    expect(workAround).toBeUndefined();
    clock.advance(2000);
    expect(sent).toHaveLength(4);
    expect(tests.result('b')?.findings).toEqual([]);
  });

  it('tells silence only when it lasts: the way back may come up later', () => {
    path = () => undefined;
    tests.terms('b', 'gni 1.1');
    clock.advance(6000);
    expect(said).toEqual([]);
    clock.advance(60_000);
    expect(said).toEqual(['b: a small test packet is not answered: it, or the answer to it, is lost after ']);
    expect(sent).toHaveLength(9);
  });

  it('says once why it cannot test, and blames no session for it', () => {
    path = () => {
      throw new Error('no test packets here');
    };
    tests.terms('b', 'gni 1.1');
    clock.advance(60_000);
    expect(said).toEqual(['no test packets here']);
    expect(tests.result('b')).toEqual({ findings: [], testedMs: 0 });
  });

  it('stops with the peer, and takes late answers for none', () => {
    tests.terms('b', 'gni 1.1');
    clock.advance(501);
    const late = sent.map(({ id }) => id);
    tests.forget('b');
    for (const id of late) tests.answered('b', id, 1);
    clock.advance(2_000_000);
    expect(sent).toHaveLength(late.length);
    expect(tests.result('b')).toBeUndefined();
    expect(said).toEqual([]);
  });
});
