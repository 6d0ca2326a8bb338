/**
 * Traces: what became of one packet of a guest, or would become of it, as people ask for it and as the REST API
 * shows it.
 *
 * POST /v1/traces · answers 200 when it is over; nothing of it is kept. 409 while another trace has one of the hosts.
 */

import { limits, namePattern } from './limits.ts';
import { type Static, Type } from './schema.ts';

const Name = Type.String({ pattern: namePattern, description: 'a DNS label: a-z, 0-9 and -' });
const Strings = Type.Array(Type.String());
const closed = { additionalProperties: false } as const;

export const traceDefaults = { waitMs: 5000 } as const;

export const TraceRequest = Type.Object(
  {
    /** Whose packet is followed. */
    guest: Name,
    /** Where it goes: an overlay address, or a guest of the same cloud. */
    to: Type.String({ minLength: 1, maxLength: limits.nameLength }),
    /** Look up what would happen: no packet is sent. */
    dryRun: Type.Optional(Type.Boolean()),
    /** Send nothing: follow the next packet between the two. */
    packet: Type.Optional(Type.Boolean()),
    /** How long a packet is waited for. */
    waitMs: Type.Optional(Type.Integer({ minimum: 100, maximum: limits.traceWaitMs })),
  },
  closed,
);
export type TraceRequest = Static<typeof TraceRequest>;

const End = Type.Object(
  {
    address: Type.String(),
    /** Absent: the controller knows none there. */
    guest: Type.Optional(Name),
    host: Type.Optional(Name),
    /** Whether the host's agent tells what becomes of packets there. */
    followed: Type.Boolean(),
  },
  closed,
);

/** One executor's decision. Absent: there is nothing to say. */
export const TraceStep = Type.Object(
  {
    way: Type.Union([Type.Literal('there'), Type.Literal('back')]),
    host: Name,
    executor: Type.String({ description: 'engine, tc or xdp' }),
    /** Which part of it: send, receive; guest, substrate, return, xdp. */
    program: Type.String(),
    side: Type.String({ description: 'out or in' }),
    verdict: Type.String({ description: 'sent, delivered, handed-over, waiting or dropped' }),
    reason: Type.Optional(Type.String()),
    /** What the reason means. */
    meaning: Type.Optional(Type.String()),
    device: Type.Optional(Type.String()),
    leftBy: Type.Optional(Type.String()),
    guest: Type.Optional(Type.String()),
    peer: Type.Optional(Type.String()),
    /** In a dry run of a receiver: all that it accepts, with commas between. */
    encapsulation: Type.Optional(Type.String()),
    mapping: Type.Optional(Type.String()),
    /** Bytes of the inner packet. */
    length: Type.Optional(Type.Integer()),
    /** Of the table that it was looked up in. */
    generation: Type.Integer(),
    outer: Type.Optional(Type.String()),
    /** Since the first step of this host and way: hosts' clocks differ. */
    afterUs: Type.Optional(Type.Integer()),
  },
  closed,
);
export type TraceStep = Static<typeof TraceStep>;

export const Trace = Type.Object(
  {
    vpc: Name,
    gni: Type.Integer(),
    from: End,
    to: End,
    /** `echo`: an ICMP echo was sent; `packet`: the next packet was waited for; `dry-run`: tables were asked. */
    mode: Type.Union([Type.Literal('echo'), Type.Literal('packet'), Type.Literal('dry-run')]),
    /** ICMP identifier of the echoes. */
    echo: Type.Optional(Type.Integer()),
    /** Round trip of the first echo; absent: it was not answered. */
    answeredUs: Type.Optional(Type.Integer()),
    /** In causal order. */
    steps: Type.Array(TraceStep),
    /** Sentences: what could not be followed, and why. */
    notes: Strings,
    /** Sentences: where hosts' tables are not what the controller believes. Dry runs only. */
    differences: Strings,
    /** `arrived`, `dropped`, `lost`, `waiting` or `unknown`: of the way there; for programs. */
    outcome: Type.Union([
      Type.Literal('arrived'),
      Type.Literal('dropped'),
      Type.Literal('lost'),
      Type.Literal('waiting'),
      Type.Literal('unknown'),
    ]),
    /** One sentence, or two: what became of it, and what to do. */
    conclusion: Type.String(),
  },
  closed,
);
export type Trace = Static<typeof Trace>;

/** Why the fast path leaves a packet to the engine: what its words mean (native/index.ts). */
export const handoverMeanings: Readonly<Record<string, string>> = {
  'unknown-location': 'the fast path’s table does not hold the address: the engine asks, waits or drops',
  'by-engine': 'what the session agreed on needs the engine: it seals, compresses, or is not decided yet',
  fragment: 'the engine carries fragments',
  options: 'the engine carries IP options and extension headers',
  'not-unicast': 'the engine judges destinations that are no single host',
  'too-big': 'longer than the path carries: the engine tells the guest',
  'engine-port': 'the receiver has a tun port, which the engine serves',
  'no-route': 'the kernel has no route or neighbour for the peer’s address yet',
  changed: 'the table changed at that moment',
  'unknown-peer': 'the sender is no peer in the fast path’s table',
  'not-accepted': 'the fast path does not open what the session accepts',
  odd: 'not clean in some respect: the engine finds the word',
  'partial-checksum': 'the engine completes checksums',
  family: 'this kernel cannot take off a header of another family',
};
