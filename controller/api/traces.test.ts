/** Traces over REST, with agents that tell what the test lets them see. */
import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Trace, Traced, TraceStep } from '../../wire/control.ts';
import type { Trace as Answer, TraceRequest } from '../../wire/trace.ts';
import { TestController } from '../test-controller.ts';

let controller: TestController;
beforeEach(async () => {
  controller = await TestController.start();
});
afterEach(() => controller.remove());

const plain: TraceStep = {
  timeUs: 1000,
  executor: 'engine',
  program: 'send',
  side: 'out',
  verdict: 'sent',
  reason: '',
  device: '',
  leftBy: '',
  guest: '',
  peer: '',
  encapsulation: '',
  mapping: '',
  length: 84,
  generation: 3,
  outer: '',
};
type Behaviour = (trace: Trace) => Partial<Traced>[];

const receive = (step: Partial<TraceStep> = {}): TraceStep => ({
  ...plain,
  program: 'receive',
  side: 'in',
  verdict: 'delivered',
  guest: 'g2',
  ...step,
});
const send = (step: Partial<TraceStep> = {}): TraceStep => ({ ...plain, peer: 'b', ...step });
const ended = { last: true } as const;

/** An agent that sees these of the way there, and these of the way back. */
function sees(there: readonly TraceStep[], back: readonly TraceStep[], answeredUs = 84): Behaviour {
  return ({ destination, inject, waitMs, echo }) => {
    if (waitMs === 0) return [ended];
    const steps = destination === '10.0.0.3' ? there : back;
    if (echo === 0) return [{}, { steps }, ended];
    // Whoever sends the echo is over when it is answered; the other goes on.
    return inject === '' ? [{}, { steps }] : [{}, { steps }, { ...ended, answeredUs }];
  };
}

/** Two hosts with a guest each in cloud blue: g1 10.0.0.2 on a, g2 10.0.0.3 on b. */
async function twoHosts(a: Behaviour, b: Behaviour) {
  const asked: string[] = [];
  const told = (host: string, behave: Behaviour) => (trace: Trace) => {
    const { source, destination, inject, waitMs, dryRun } = trace;
    const how = dryRun ? ' dry' : waitMs === 0 ? ' stop' : inject === '' ? '' : ` echo of ${inject}`;
    asked.push(`${host}: ${source} → ${destination}${how}`);
    return behave(trace);
  };
  const agents = {
    a: await controller.agent('a', { trace: told('a', a) }),
    b: await controller.agent('b', { trace: told('b', b) }),
  };
  await controller.vpc('blue');
  await controller.guest('g1', 'a');
  await controller.guest('g2', 'b');
  return { ...agents, asked };
}

async function trace(
  request: Partial<TraceRequest> = {},
): Promise<{ status: number; body: Answer & { message: string } }> {
  const answer = await controller.post('/v1/traces', { guest: 'g1', to: '10.0.0.3', ...request });
  return answer as unknown as { status: number; body: Answer & { message: string } };
}

const word = ({ way, host, program, verdict }: Answer['steps'][number]) => `${way} ${host} ${program} ${verdict}`;

describe('a trace', () => {
  it('arms the receiver first, then the sender, for both directions, and ends them', async () => {
    const { asked } = await twoHosts(
      sees([send()], [receive({ guest: 'g1' })]),
      sees([receive()], [send({ peer: 'a' })]),
    );
    const { status, body } = await trace({ to: 'g2' });
    expect(status).toBe(200);
    expect(asked).toEqual([
      'b: 10.0.0.2 → 10.0.0.3',
      'a: 10.0.0.2 → 10.0.0.3 echo of g1',
      'a: 10.0.0.2 → 10.0.0.3 stop',
      'b: 10.0.0.2 → 10.0.0.3 stop',
      'b: 10.0.0.3 → 10.0.0.2',
      'a: 10.0.0.3 → 10.0.0.2 echo of g1',
      'a: 10.0.0.3 → 10.0.0.2 stop',
      'b: 10.0.0.3 → 10.0.0.2 stop',
    ]);
    expect(body).toMatchObject({
      vpc: 'blue',
      mode: 'echo',
      from: { address: '10.0.0.2', guest: 'g1', host: 'a', followed: true },
      to: { address: '10.0.0.3', guest: 'g2', host: 'b', followed: true },
      answeredUs: 84,
      outcome: 'arrived',
      conclusion: 'delivered to g2 on b by its engine (receive), answered after 84 µs',
      notes: [],
    });
    expect(body.steps.map(word)).toEqual([
      'there a send sent',
      'there b receive delivered',
      'back b send sent',
      'back a receive delivered',
    ]);
  });

  it('puts executors in the order in which a packet passes them, and says what their words mean', async () => {
    const handedOver = { executor: 'tc', verdict: 'handed-over', timeUs: 1040 } as const;
    await twoHosts(
      sees([send({ timeUs: 1030 }), send({ ...handedOver, program: 'guest', reason: 'by-engine' })], []),
      sees([receive(), receive({ executor: 'tc', program: 'return', timeUs: 900 })], []),
    );
    const { steps } = (await trace()).body;
    expect(steps.map(word)).toEqual([
      'there a guest handed-over',
      'there a send sent',
      'there b receive delivered',
      'there b return delivered',
    ]);
    expect(steps[0]).toMatchObject({ reason: 'by-engine', meaning: expect.stringContaining('needs the engine') });
    expect(steps[2]).toMatchObject({ afterUs: 0 });
  });

  it('says where it was dropped and why, and follows no answer', async () => {
    const { asked } = await twoHosts(
      sees([send()], [], 0),
      sees([receive({ verdict: 'dropped', reason: 'spoofed-inner-source' })], []),
    );
    const { body } = await trace();
    expect(body).toMatchObject({
      outcome: 'dropped',
      conclusion:
        'dropped on b by its engine (receive): spoofed-inner-source: the mapping server says that the inner source lives on another host, or nowhere',
    });
    expect(asked.filter((each) => each.includes('10.0.0.3 → '))).toEqual([]);
  });

  it('says that it was lost between the hosts', async () => {
    const { body } = await (async () => {
      await twoHosts(sees([send({ leftBy: 'eth0' })], [], 0), sees([], []));
      return trace();
    })();
    expect(body).toMatchObject({
      outcome: 'lost',
      conclusion:
        'left a by eth0 and was not seen on b within 2 s: look at the network between, or its firewall (UDP 6741)',
    });
  });

  it.each([
    [
      'sender',
      [{ ...plain, executor: 'tc', program: 'guest', verdict: 'handed-over', reason: 'by-engine', leftBy: 'weabc' }],
      [],
      'left to the engine on a by its tc (guest), and not seen by the engine: look whether device weabc is up',
    ],
    [
      'receiver',
      [send()],
      [receive({ executor: 'tc', program: 'substrate', verdict: 'handed-over', reason: 'engine-port' })],
      'left to the engine on b by its tc (substrate), and not seen by the engine: look at the firewall of b (UDP 6741)',
    ],
  ])('says that the engine of the %s never saw it', async (_, a, b, conclusion) => {
    await twoHosts(sees(a, [], 0), sees(b, []));
    expect((await trace()).body).toMatchObject({ outcome: 'lost', conclusion });
  });

  it('says when the receiver does not answer', async () => {
    await twoHosts(sees([send()], [], 0), sees([receive()], []));
    expect((await trace()).body).toMatchObject({
      outcome: 'arrived',
      conclusion:
        "delivered to g2 on b by its engine (receive); no answer came: guest 'g2' sends none (look at its firewall and routes)",
    });
  });

  it('says what the agent says when no echo can be sent', async () => {
    await twoHosts(({ waitMs }) => [waitMs === 0 ? ended : { ...ended, problem: 'ping is missing' }], sees([], []));
    expect((await trace()).body).toMatchObject({
      outcome: 'unknown',
      conclusion: 'ping is missing',
      notes: [],
    });
  });

  it('follows the next packet when that is asked for, and picks the first one', async () => {
    const two = [send({ timeUs: 5 }), send({ timeUs: 7 })];
    const { asked } = await twoHosts(
      sees(two, [receive()]),
      sees([receive({ timeUs: 5 }), receive({ timeUs: 9 })], [send()]),
    );
    const { body } = await trace({ packet: true, waitMs: 200 });
    expect(asked.filter((each) => each.includes('echo'))).toEqual([]);
    expect(body).toMatchObject({ mode: 'packet', outcome: 'arrived' });
    expect(body.steps.filter(({ way }) => way === 'there').map(word)).toEqual([
      'there a send sent',
      'there b receive delivered',
    ]);
  });

  it('says that no packet came', async () => {
    await twoHosts(sees([], []), sees([], []));
    const { body } = await trace({ packet: true, waitMs: 100 });
    expect(body).toMatchObject({
      outcome: 'unknown',
      conclusion: 'no packet from 10.0.0.2 to 10.0.0.3 was seen within 0.1 s',
    });
  });

  it('waits for the next packet of a guest with a tap port, and says so', async () => {
    const { a } = await twoHosts(sees([send()], []), sees([receive()], []));
    a.send({ kind: 'guestStates', guests: [{ guest: 'g1', phase: 'running', detail: '', mtu: 1440, port: 'tap' }] });
    await a.flush();
    const { body } = await trace({ waitMs: 200 });
    expect(body).toMatchObject({
      mode: 'packet',
      notes: [expect.stringMatching(/tap port.*next packet/)],
    });
  });

  it('follows one host where the other has no agent, or an old one', async () => {
    await controller.agent('a', { trace: sees([send({ peer: 'old' })], [], 0) });
    await controller.agent('o');
    await controller.vpc('blue');
    await controller.guest('g1', 'a');
    await controller.guest('g2', 'o');
    const { body } = await trace();
    expect(body).toMatchObject({
      to: { host: 'o', followed: false },
      outcome: 'unknown',
      notes: ["what becomes of packets on host 'o' is not seen: the agent of host 'o' is too old: upgrade it"],
    });
    expect(body.conclusion).toBe('left a for o, where nobody follows it');
    await controller.post('/v1/hosts', { name: 'rack7', address: '198.18.0.7', framework: 'vxlan' });
    await controller.guest('g3', 'rack7', { addresses: ['10.0.0.77'], mac: '52:54:00:12:34:56' });
    expect((await trace({ to: '10.0.0.77' })).body.notes).toEqual([
      "what becomes of packets on host 'rack7' is not seen: host 'rack7' has no agent",
    ]);
  });

  it('follows the sender alone where nobody has the address', async () => {
    const dropped = send({ verdict: 'dropped', reason: 'no-mapping', mapping: 'blue/10.0.0.99 → nowhere' });
    const { asked } = await twoHosts(
      ({ waitMs, inject }) => (waitMs === 0 || inject === '' ? [ended] : [{}, { steps: [dropped] }]),
      sees([], []),
    );
    expect((await trace({ to: '10.0.0.99' })).body).toMatchObject({
      outcome: 'dropped',
      conclusion: 'dropped on a by its engine (send): no-mapping: the mapping server knows no guest at this address',
      notes: ["the controller knows no guest at 10.0.0.99 in vpc 'blue': only host 'a' is followed"],
    });
    expect(asked.filter((each) => each.startsWith('b'))).toEqual([]);
  });

  it('is one at a time on a host', async () => {
    await twoHosts(sees([], []), sees([], []));
    const [first, second] = await Promise.all([
      trace({ packet: true, waitMs: 300 }),
      trace({ packet: true, waitMs: 300 }),
    ]);
    expect([first.status, second.status].toSorted()).toEqual([200, 409]);
    const refused = [first, second].find(({ status }) => status === 409);
    expect(refused?.body.message).toBe("host 'a' follows a packet of another trace: try again, within 1 s or so");
    expect((await trace({ packet: true, waitMs: 100 })).status).toBe(200);
  });

  it('ends when nobody waits for its answer any more', async () => {
    const { a, asked } = await twoHosts(({ waitMs, echo }) => [waitMs === 0 || echo === 0 ? ended : {}], sees([], []));
    const body = JSON.stringify({ guest: 'g1', to: '10.0.0.3', waitMs: 20_000 });
    const headers = { 'content-type': 'application/json' };
    const { apiSocket: socketPath } = controller.controller;
    const sent = request({ socketPath, method: 'POST', path: '/v1/traces', headers, agent: false });
    sent.on('error', () => undefined);
    sent.end(body);
    await a.until(() => asked.includes('a: 10.0.0.2 → 10.0.0.3 echo of g1'));
    sent.destroy();
    await a.until(() => asked.includes('a: 10.0.0.2 → 10.0.0.3 stop'));
    await expect.poll(async () => (await trace({ packet: true, waitMs: 100 })).status).toBe(200);
  });

  it('says which host has not answered', async () => {
    const { body } = await (async () => {
      await twoHosts(sees([send()], [], 0), () => []);
      return trace();
    })();
    expect(body.notes).toEqual(["host 'b' has not answered in time: what became of the packet there is not known"]);
  });
});

describe('what cannot be followed', () => {
  it('is refused with the reason', async () => {
    const { a } = await twoHosts(sees([], []), sees([], []));
    await controller.vpc('red', ['10.0.0.0/24']);
    await controller.guest('other', 'b', { vpc: 'red' });
    const refused: [Partial<TraceRequest>, number, string][] = [
      [{ guest: 'nobody' }, 404, "guest 'nobody' does not exist"],
      [{ to: 'nobody' }, 400, "'nobody' is neither an IP address nor a guest"],
      [{ to: 'other' }, 400, "guest 'g1' is in vpc 'blue', guest 'other' in vpc 'red': no packet passes between them"],
      [{ to: 'fd00::1' }, 400, "guest 'g1' has no IPv6 address to send from"],
      [{ to: '10.0.0.2' }, 400, "10.0.0.2 is guest 'g1' itself: such packets never leave it"],
      [{ dryRun: true, packet: true }, 400, "'dryRun' and 'packet' exclude each other"],
      [{ waitMs: 99 }, 400, "'waitMs'"],
      [{ waitMs: 30_001 }, 400, "'waitMs'"],
    ];
    for (const [request, status, message] of refused) {
      expect(await trace(request)).toMatchObject({ status, body: { message: expect.stringContaining(message) } });
    }
    await a.close();
    expect(await trace()).toMatchObject({
      status: 409,
      body: { message: "no packet of guest 'g1' can be followed: host 'a' is not connected" },
    });
  });
});

describe('a dry run', () => {
  const dry = (there: Partial<TraceStep>, back: Partial<TraceStep>): Behaviour => {
    return ({ destination }) => [
      { last: true, steps: [{ ...plain, timeUs: 0, length: 0, ...(destination === '10.0.0.3' ? there : back) }] },
    ];
  };
  const out = { encapsulation: 'gni 1.1', peer: 'b' };
  const back = { encapsulation: 'gni 1.1', peer: 'a' };
  const accepts = { ...receive(), timeUs: 0, encapsulation: 'gni 1.1, gni 1.0' };

  it('asks both hosts for both directions, and sends nothing', async () => {
    const { asked } = await twoHosts(dry(out, { ...accepts, guest: 'g1' }), dry(accepts, back));
    const { body } = await trace({ dryRun: true });
    expect(asked.toSorted()).toEqual([
      'a: 10.0.0.2 → 10.0.0.3 dry',
      'a: 10.0.0.3 → 10.0.0.2 dry',
      'b: 10.0.0.2 → 10.0.0.3 dry',
      'b: 10.0.0.3 → 10.0.0.2 dry',
    ]);
    expect(body).toMatchObject({
      mode: 'dry-run',
      outcome: 'arrived',
      conclusion: 'sent by the engine of a to b as gni 1.1, then delivered to g2 by the engine of b',
    });
    expect(body.steps.map(word)).toEqual([
      'there a send sent',
      'there b receive delivered',
      'back b send sent',
      'back a receive delivered',
    ]);
  });

  it('says what a host would learn of an address that it does not know', async () => {
    const asks = dry({ verdict: 'waiting', reason: 'the mapping server is asked' }, accepts);
    await twoHosts(asks, dry(accepts, back));
    expect((await trace({ dryRun: true })).body).toMatchObject({
      outcome: 'waiting',
      conclusion: 'kept waiting by the engine of a: the mapping server is asked, which has guest g2 on b',
    });
  });

  it('says that nobody would be found', async () => {
    await twoHosts(
      () => [{ last: true, steps: [{ ...plain, verdict: 'waiting', reason: 'it is asked' }] }],
      sees([], []),
    );
    expect((await trace({ dryRun: true, to: '10.0.0.99' })).body).toMatchObject({
      outcome: 'dropped',
      conclusion:
        'kept waiting by the engine of a: it is asked, which knows no guest at 10.0.0.99 in blue: dropped as no-mapping',
    });
  });

  const cases: readonly [string, Behaviour, Behaviour, string, string][] = [
    [
      'another host',
      dry({ ...out, peer: 'c', mapping: 'blue/10.0.0.3 → c' }, accepts),
      dry(accepts, back),
      'arrived',
      "a holds blue/10.0.0.3 → c; the controller has guest 'g2' on b",
    ],
    [
      'nobody',
      dry({ verdict: 'dropped', reason: 'no-mapping', mapping: 'blue/10.0.0.3 → nowhere' }, accepts),
      dry(accepts, back),
      'dropped',
      "a holds blue/10.0.0.3 → nowhere; the controller has guest 'g2' on b",
    ],
    [
      'what was never acknowledged',
      dry(out, accepts),
      dry(accepts, back),
      'arrived',
      'a would send gni 1.1; it has acknowledged nothing',
    ],
    [
      'what the other does not accept',
      dry({ ...out, encapsulation: 'gni 2.0' }, accepts),
      dry(accepts, back),
      'dropped',
      'a would send gni 2.0, of which b knows nothing: it accepts gni 1.1, gni 1.0',
    ],
    [
      'another host of the source',
      dry(out, accepts),
      dry({ ...accepts, peer: 'c', mapping: 'blue/10.0.0.2 → c, blue/10.0.0.3 → guest g2' }, back),
      'dropped',
      "b holds blue/10.0.0.2 → c, blue/10.0.0.3 → guest g2; the controller has guest 'g1' on a",
    ],
    [
      'a guest that is not there',
      dry(out, accepts),
      dry({ ...accepts, verdict: 'dropped', reason: 'no-guest' }, back),
      'dropped',
      "b has no guest at 10.0.0.3; the controller has guest 'g2' there",
    ],
  ];
  it.each(cases)(
    'says where tables differ from what the controller believes: %s',
    async (_, a, b, outcome, difference) => {
      await twoHosts(a, b);
      const { body } = await trace({ dryRun: true });
      expect(body.outcome).toBe(outcome);
      expect(body.differences).toContain(difference);
    },
  );
});
