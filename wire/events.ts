/**
 * Events: what operators should know of, in a closed list of codes (docs/gen/events.md), and how the REST API tells
 * them. Agents report theirs; the controller adds its own.
 */
import { type Static, Type } from './schema.ts';

export interface EventKind {
  readonly code: string;
  readonly doc: string;
}

/** Reported by agents. */
export const agentEvents = [
  { code: 'agent-started', doc: 'the agent is ready: guests have their ports' },
  { code: 'offload-off', doc: 'the kernel refused an offload, which is off from now on: slower, not wrong' },
  { code: 'engine-fault', doc: 'a port, a socket or the fast path stopped working' },
  { code: 'fast-path-full', doc: 'a table of the fast path is full, or nearly; the engine carries what is not in it' },
  { code: 'fast-path-mended', doc: 'something had removed a program of the fast path, or its device' },
  { code: 'guest-running', doc: 'a guest has its namespace and port' },
  { code: 'guest-failed', doc: 'a guest cannot be set up; it is tried again' },
  { code: 'guest-removed', doc: 'a guest’s namespace and port are gone' },
  { code: 'command-exited', doc: 'the program of a guest ended' },
  { code: 'path-mtu-changed', doc: 'the path to a peer carries larger or smaller packets than before' },
  { code: 'resource-refused', doc: 'a host cannot do what the controller wants; it is told again' },
  { code: 'packets-refused', doc: 'packets of a peer were dropped by this host since the last look, and why' },
  { code: 'keys-rotated', doc: 'the host has a new key' },
  { code: 'certificate-renewed', doc: 'the host has a new certificate, long before the last one ends' },
  { code: 'self-test', doc: 'what a session agreed on does not come through, or does again' },
] as const satisfies readonly EventKind[];

/** Made by the controller. */
export const controllerEvents = [
  { code: 'host-connected', doc: 'an agent has a control session' },
  { code: 'host-disconnected', doc: 'an agent’s control session ended; its packets go on' },
  { code: 'host-refused', doc: 'an agent was refused: its identity is not the host’s, or the host has no agent' },
  { code: 'host-name-conflict', doc: 'two agents use one host name; the second was refused' },
  {
    code: 'host-other-instance',
    doc: 'another agent than before has the host name: its state directory is another one',
  },
  { code: 'host-joined', doc: 'a host was given its first certificate, or a new one, for a join token' },
  { code: 'join-refused', doc: 'a join token, or what came with it, was refused' },
  { code: 'host-not-trusted', doc: 'a connection was refused: its certificate has ended, was revoked or is foreign' },
  { code: 'claim-refused', doc: 'a host reported what is not its own; nothing of it was taken' },
  { code: 'reports-left-out', doc: 'more connections were refused than are told one by one' },
  { code: 'host-removed', doc: 'an operator removed the host' },
  { code: 'key-ignored', doc: 'a host’s key does not bear its signature, and is not passed on' },
  { code: 'subscription-ignored', doc: 'an agent asked for mappings that it has no business with, or for too many' },
  { code: 'no-selection', doc: 'policies leave no format between two hosts: their guests cannot talk' },
  {
    code: 'guest-pairs-joined',
    doc: 'more pairs of guests differ than a session holds: one selection has to do for some',
  },
  { code: 'rollout-started', doc: 'a rollout began' },
  { code: 'rollout-batch', doc: 'the next hosts are under the new policies' },
  { code: 'rollout-paused', doc: 'a rollout stands still, by itself or by an operator' },
  { code: 'rollout-resumed', doc: 'a rollout goes on' },
  { code: 'rollout-finishing', doc: 'every host is in, the policies are being stored' },
  { code: 'rollout-aborting', doc: 'hosts go back to the policies before' },
  { code: 'rollout-aborted', doc: 'every host is back' },
  { code: 'rollout-done', doc: 'the policies count for all hosts' },
  {
    code: 'store-restored',
    doc: 'the controller has the store of a backup: what hosts hold beyond it waits for a word',
  },
  { code: 'session-malformed', doc: 'a control session was closed: a message broke the protocol' },
  { code: 'session-out-of-order', doc: 'a control session was closed: a message was missing or repeated' },
  { code: 'session-too-large', doc: 'a control session was closed: a message was over the limit' },
  { code: 'session-silent', doc: 'a control session was closed: nothing was heard before the deadline' },
  { code: 'session-too-slow', doc: 'a control session was closed: the agent does not read' },
  { code: 'session-not-trusted', doc: 'a control session was closed: the host’s certificate was revoked or has ended' },
  { code: 'session-not-yours', doc: 'a control session was closed: the host claimed what is another host’s' },
  { code: 'session-old-epoch', doc: 'an agent has obeyed a newer controller than this one' },
  { code: 'session-other-store', doc: 'an agent’s guests come from another controller’s store' },
] as const satisfies readonly EventKind[];

export type EventCode = (typeof agentEvents)[number]['code'];

const own: ReadonlySet<string> = new Set(controllerEvents.map(({ code }) => code));
const codes: ReadonlySet<string> = new Set([...agentEvents.map(({ code }) => code), ...own]);

/** No agent may report these: what the controller says of hosts is its own word. */
export function isControllerEvent(code: string): boolean {
  return own.has(code);
}

/** An agent of another build may report what this one does not know. */
export function isKnownEvent(code: string): boolean {
  return codes.has(code);
}

export const eventLimits = {
  /** That a controller keeps, in memory. */
  kept: 4096,
  perAnswer: 1000,
  /** That wait for the next event at a time. */
  followers: 128,
  waitMs: 25_000,
} as const;

const closed = { additionalProperties: false } as const;

export const Event = Type.Object(
  {
    timeMs: Type.Integer({ description: 'Unix ms, by the clock of who saw it' }),
    host: Type.Optional(Type.String()),
    code: Type.String({ description: 'one of docs/gen/events.md' }),
    detail: Type.String(),
  },
  closed,
);
export type Event = Static<typeof Event>;

export const EventPage = Type.Object(
  {
    items: Type.Array(Event, { description: 'oldest first' }),
    next: Type.String({ description: 'cursor for after=: what comes behind these' }),
    missed: Type.Integer({
      description:
        'events behind the cursor that were not kept until now, whether or not they would have fit the filters',
    }),
    restarted: Type.Optional(
      Type.Boolean({ description: 'the cursor is of an earlier run of the controller, whose events are gone' }),
    ),
  },
  closed,
);
export type EventPage = Static<typeof EventPage>;
