/** A controller that says anything: the agent's session machine, and what it lets through, on a host that pretends. */
import { FakeHost } from '../../agent/fake-agent.ts';
import { FakeClock } from '../../agent/fake-clock.ts';
import { initialSession, type SessionEvent, type SessionState, step } from '../../agent/session/machine.ts';
import { decodeControllerMessage } from '../../wire/control-decode.ts';
import { type Choice, damage } from './choice.ts';
import { bodiesOf, encodeRandom } from './messages.ts';
import { type OpenTarget, timed } from './target.ts';

const bodies = bodiesOf('controller');
const settings = { controllers: ['ws://198.18.0.9:6740/v1/agent'], patienceMs: 5000 };

export const openToAgent: OpenTarget = async () => {
  const host = new FakeHost();
  const clock = new FakeClock();
  host.clock = clock;
  // Nobody is there: what a controller says comes from here.
  const agent = await host.open('wss://127.0.0.1:1/v1/agent');
  await agent.run();
  let state: SessionState = initialSession(0, undefined);
  let sent = 0;
  const pending: Promise<unknown>[] = [];
  const happen = (event: SessionEvent): boolean => {
    const [next, effects] = step(settings, state, event, {
      nowMs: clock.steadyMs(),
      random: 0.5,
      guests: agent.store.desired.guests.size,
    });
    state = next;
    for (const effect of effects) {
      if (effect.kind === 'update') pending.push(agent.host.update(effect.update).done);
      if (effect.kind === 'rotateKeys') agent.rotateKeys();
    }
    return effects.some(({ kind }) => kind === 'close');
  };
  const hear = (bytes: Buffer): boolean => {
    const decoded = decodeControllerMessage(bytes);
    const { link } = state;
    return decoded.ok
      ? happen({ kind: 'heard', link, sequence: decoded.sequence, ...decoded.message })
      : happen({ kind: 'unfit', link, close: decoded.close, why: decoded.why });
  };
  const reach = () => {
    if (state.phase.name === 'stopped') happen({ kind: 'start' });
    if (state.phase.name === 'waiting') happen({ kind: 'timer', timer: 'retry', lateMs: 0 });
    if (state.phase.name !== 'dialing') return;
    sent = 0;
    happen({ kind: 'opened', link: state.link });
  };
  const settle = async () => {
    await Promise.all(pending.splice(0));
  };
  return {
    turn: async (choice) => {
      reach();
      const { bytes, body } = next(state, sent, choice);
      sent += 1;
      let refused = false;
      const tookMs = timed(() => {
        refused = hear(bytes);
      });
      if (choice.oneIn(20)) happen(anything(choice, state));
      if (pending.length >= 64) await settle();
      return { tookMs, what: `${body} ${bytes.toString('hex').slice(0, 4000)}`, refused, again: () => alone(bytes) };
    },
    settle,
    close: async () => {
      await settle();
      await host.close();
    },
  };
};

function next(state: SessionState, sent: number, choice: Choice): { readonly bytes: Buffer; readonly body: string } {
  const sequence = choice.oneIn(300) ? choice.below(1000) : sent + 1;
  const body = (state.phase.name === 'greeting') !== choice.oneIn(300) ? 'welcome' : choice.of(bodies);
  const epoch = choice.oneIn(300) ? choice.below(1e6) : Math.max(1, state.epoch);
  const fixed =
    body === 'welcome' && !choice.oneIn(20)
      ? { controller: 'c', controllerVersion: '0', heartbeatMs: 1000, deadlineMs: 3500, store: 's' }
      : {};
  return { bytes: damage(encodeRandom('controller', { sequence, epoch }, body, choice, fixed), choice), body };
}

/** Events that sockets and timers may bring at any time. */
function anything(choice: Choice, { link }: SessionState): SessionEvent {
  const late = choice.oneIn(2) ? link : link - 1;
  return choice.of<SessionEvent>([
    { kind: 'closed', link: late, code: choice.of([undefined, 1006, 4000, 4008, 9999]), text: '' },
    { kind: 'backlog', link: late, bytes: choice.of([0, 1e9]) },
    { kind: 'timer', timer: choice.of(['patience', 'beat', 'silence', 'retry']), lateMs: choice.of([0, 1e6]) },
    { kind: 'opened', link: late },
    { kind: 'start' },
    { kind: 'stop' },
  ]);
}

async function alone(bytes: Buffer): Promise<number> {
  const host = new FakeHost();
  host.clock = new FakeClock();
  const agent = await host.open('wss://127.0.0.1:1/v1/agent');
  try {
    await agent.run();
    const decoded = decodeControllerMessage(bytes);
    const { body } = decoded.ok ? decoded.message : { body: undefined };
    return timed(() => {
      decodeControllerMessage(bytes);
      if (body?.kind === 'update') void agent.host.update(body).done;
    });
  } finally {
    await host.close();
  }
}
