/** `POST /v1/traces`: one packet of a guest followed through the executors of both hosts, or looked up in their tables. */
import { randomInt } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { parseAddress } from '../../wire/address.ts';
import { ApiError, apiBase } from '../../wire/resources.ts';
import { Trace, TraceRequest } from '../../wire/trace.ts';
import type { Clock } from '../clock.ts';
import { isForeign } from '../derive/foreign.ts';
import type { PeoplesCommands } from '../state/commands.ts';
import { type Asking, asking, seen } from './guard.ts';
import { limitTrace } from './limited.ts';
import { errors, Refused } from './routes.ts';
import { liveTerms } from './terms.ts';
import { type Believed, concludeDry, differences } from './traces-dry.ts';
import { followedHosts, hostsOf, notAnEnd, planTrace, type TraceEnd, type TracePlan, type Way } from './traces-ends.ts';
import { TraceFollower } from './traces-follow.ts';
import { conclude, problemsOf, type Round, tell } from './traces-story.ts';
import type { Sources } from './views.ts';

export function addTraces(app: FastifyInstance, sources: Sources, commands: PeoplesCommands, clock: Clock): void {
  const follower = new TraceFollower(sources.hub, clock);
  const schema = { tags: ['traces'], body: TraceRequest, response: { 200: Trace, ...errors, 409: ApiError } };
  app.post<{ Body: TraceRequest }>(`${apiBase}/traces`, { schema }, async (request, reply) => {
    const asked = asking(request, sources, commands);
    const isLimited = asked.sight.customer !== undefined;
    if (isLimited) checkOwn(asked, sources, request.body);
    const plan = planTrace(sources, request.body);
    const gone = new AbortController();
    // Also when the answer was sent: then nobody waits any more.
    reply.raw.once('close', () => gone.abort());
    const told = await trace(sources, follower, plan, gone.signal);
    return isLimited ? limitTrace(told) : told;
  });
}

/** Of a customer: both ends are its own, or the far one is an address of the guest's cloud. */
function checkOwn(asked: Asking, { state }: Sources, { guest, to }: TraceRequest): void {
  seen(asked, 'guest', guest, state.guests);
  if (parseAddress(to) !== undefined || asked.sight.guest(to) !== undefined) return;
  if (state.guests.has(to)) asked.commands.noteRefusal(`guest ${to}`, 'another customer’s');
  throw notAnEnd(to);
}

async function trace(sources: Sources, follower: TraceFollower, plan: TracePlan, signal: AbortSignal): Promise<Trace> {
  if (plan.mode === 'dry-run') return dryRun(sources, follower, plan, signal);
  const hosts = followedHosts(plan);
  const busy = follower.take(hosts);
  if (busy !== undefined) {
    const most = Math.ceil(plan.waitMs / 1000);
    throw new Refused(
      409,
      'busy',
      `host '${busy}' follows a packet of another trace: try again, within ${most} s or so`,
    );
  }
  try {
    // 0 means any packet.
    const echo = plan.mode === 'echo' ? randomInt(1, 65_536) : 0;
    const there = await follower.follow({ plan, way: 'there', echo, signal });
    const back = isWorthWhile(plan, there) ? await follower.follow({ plan, way: 'back', echo, signal }) : undefined;
    const answeredUs = there.get(plan.from.host.name)?.answeredUs ?? 0;
    const ended = conclude(plan, there, back);
    return {
      ...head(plan),
      ...(echo === 0 ? {} : { echo }),
      ...(answeredUs === 0 ? {} : { answeredUs }),
      steps: [...tell(plan, 'there', there), ...(back === undefined ? [] : tell(plan, 'back', back))],
      // What is concluded is said once.
      notes: notesOf(plan, [there, back]).filter((note) => !note.endsWith(ended.conclusion)),
      differences: [],
      ...ended,
    };
  } finally {
    follower.free(hosts);
  }
}

/** There is an answer to look for when the packet arrived, or may have where nobody looks. */
function isWorthWhile(plan: TracePlan, there: Round): boolean {
  const { outcome } = conclude(plan, there, undefined);
  return outcome === 'arrived' || (outcome === 'unknown' && tell(plan, 'there', there).at(-1)?.verdict === 'sent');
}

async function dryRun(sources: Sources, follower: TraceFollower, plan: TracePlan, signal: AbortSignal): Promise<Trace> {
  const lookUp = (way: Way) => follower.lookUp({ plan, way, signal });
  // Nobody answers from where no guest is.
  const [there, back] = await Promise.all([lookUp('there'), plan.to.guest === undefined ? undefined : lookUp('back')]);
  const rounds: readonly (readonly [Way, Round])[] = [
    ['there', there],
    ...(back === undefined ? [] : [['back', back] as const]),
  ];
  return {
    ...head(plan),
    steps: rounds.flatMap(([way, round]) => tell(plan, way, round)),
    notes: notesOf(plan, [there]),
    differences: rounds.flatMap(([way, round]) => differences(plan, way, round, believed(sources, plan, way))),
    ...concludeDry(plan, there),
  };
}

function believed(sources: Sources, plan: TracePlan, way: Way): Believed | undefined {
  const { sender, receiver } = hostsOf(plan, way);
  const [from, to] = [sender, receiver].map(({ host, guest }) => (host === undefined ? undefined : { host, guest }));
  if (from === undefined || to === undefined || from.host === to.host) return undefined;
  if (isForeign(from.host) || isForeign(to.host)) return undefined;
  const { sending, accepted } = liveTerms(sources, from, to);
  return { sending, accepted };
}

function head(plan: TracePlan): Pick<Trace, 'vpc' | 'gni' | 'from' | 'to' | 'mode'> {
  const { vpc, gni, from, to, mode } = plan;
  return { vpc, gni, from: viewEnd(from), to: viewEnd(to), mode };
}

function viewEnd({ address, guest, host, followed }: TraceEnd): Trace['from'] {
  return {
    address,
    ...(guest === undefined ? {} : { guest: guest.name }),
    ...(host === undefined ? {} : { host: host.name }),
    followed,
  };
}

function notesOf(plan: TracePlan, rounds: readonly (Round | undefined)[]): string[] {
  const problems = rounds.flatMap((round) => (round === undefined ? [] : problemsOf(followedHosts(plan), round)));
  return [...new Set([...plan.notes, ...problems])];
}
