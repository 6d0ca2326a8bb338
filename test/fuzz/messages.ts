/**
 * Control messages made from `control.proto` itself: every field that exists, with values that fields of its name
 * have, that are almost such, or that are anything. A field that is added there is fuzzed from then on.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import type { Choice } from './choice.ts';

const source = readFileSync(join(import.meta.dirname, '../../wire/control.proto'), 'utf8');
const root = protobuf.parse(source, { keepCase: false }).root.resolveAll();

export type Sender = 'agent' | 'controller';

const typeOf = {
  agent: root.lookupType('weft.control.v1.AgentMessage'),
  controller: root.lookupType('weft.control.v1.ControllerMessage'),
} as const;

/** Names of the bodies that a sender has: `hello`, `heartbeat`, … */
export function bodiesOf(sender: Sender): readonly string[] {
  return typeOf[sender].oneofs.body?.fieldsArray.map(({ name }) => name) ?? [];
}

/** Two of three messages have nothing odd in them, or hardly one would be parsed to its end. `fixed` is not left to chance. */
export function encodeRandom(
  sender: Sender,
  head: { readonly sequence: number; readonly epoch?: number },
  body: string,
  choice: Choice,
  fixed: Readonly<Record<string, unknown>> = {},
): Buffer {
  const type = typeOf[sender];
  const field = type.fields[body];
  const taste: Taste = { choice, isOdd: choice.oneIn(3) };
  const inner = field?.resolvedType instanceof protobuf.Type ? message(field.resolvedType, taste) : {};
  const message_ = type.create({ ...head, [body]: { ...inner, ...fixed } });
  return Buffer.from(type.encode(message_).finish());
}

type Value = string | number | boolean | Uint8Array | readonly Value[] | { readonly [key: string]: Value };

interface Taste {
  readonly choice: Choice;
  /** Whether some values may be ones that no honest end would send. */
  readonly isOdd: boolean;
}

function message(type: protobuf.Type, taste: Taste): Record<string, Value> {
  const { choice, isOdd } = taste;
  const made: Record<string, Value> = {};
  const chosen = type.oneofsArray.map(({ fieldsArray }) => choice.of(fieldsArray)?.name);
  for (const field of type.fieldsArray) {
    const isAlternative = field.partOf !== null && field.partOf !== undefined;
    if (isAlternative ? !chosen.includes(field.name) : isOdd && choice.oneIn(12)) continue;
    if (field instanceof protobuf.MapField) made[field.name] = labels(taste);
    else if (field.repeated) made[field.name] = Array.from({ length: many(taste) }, () => value(field, taste));
    else made[field.name] = value(field, taste);
  }
  // A resource is named as its body says.
  if (type.name === 'Resource' && !isOdd) made.name = nameOf(made);
  return made;
}

function nameOf({ network, guest, session, mapping }: Record<string, Value>): Value {
  const field = (of: Value | undefined, key: string) => (of as Record<string, Value> | undefined)?.[key];
  if (network !== undefined) return { type: 1, key: String(field(network, 'gni')) };
  if (guest !== undefined) return { type: 2, key: field(guest, 'name') ?? '' };
  if (session !== undefined) return { type: 3, key: field(session, 'peer') ?? '' };
  const address = [...((field(mapping, 'address') as Uint8Array | undefined) ?? [])].join('.');
  return { type: 4, key: `${String(field(mapping, 'gni'))}/${address}` };
}

function value(field: protobuf.Field, taste: Taste): Value {
  const { resolvedType, type, name } = field;
  const { choice, isOdd } = taste;
  if (resolvedType instanceof protobuf.Type) return message(resolvedType, taste);
  if (resolvedType instanceof protobuf.Enum) return isOdd ? choice.below(7) : 1 + choice.below(2);
  switch (type) {
    case 'bool':
      return choice.oneIn(3);
    case 'bytes':
      return bytes(name, taste);
    case 'string':
      return text(name, taste);
    case 'double':
      return isOdd ? choice.of([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e300]) : 0.5;
    default:
      return number(name, taste);
  }
}

function many({ choice, isOdd }: Taste): number {
  return isOdd && choice.oneIn(100) ? 300 : choice.of([0, 1, 1, 2, 3]);
}

const oddNumbers = [0, 65_535, 65_536, 0xff_ffff, 0x100_0000, 0xffff_ffff, 2 ** 40, 2 ** 53 - 1, 2 ** 60] as const;

/** By the field's name: the first that fits. */
const soundNumbers: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^gni$/, [1, 1, 1, 2, 3]],
  [/^length$/, [24, 24, 32]],
  [/^udpPort$/, [6741]],
  [/Ms$/, [1000, 3500, 50]],
  [/mtu/i, [0, 1400, 1500]],
  [/percent/i, [0, 100]],
  [/./, [1, 2, 3, 7]],
];

function number(name: string, { choice, isOdd }: Taste): number {
  if (isOdd && choice.oneIn(8)) return choice.of(oddNumbers);
  return choice.of(soundNumbers.find(([pattern]) => pattern.test(name))?.[1] ?? [1]);
}

const soundAddresses = ['0a000005', '0a000006', 'c6120001', 'c6120002'];
const oddAddresses = ['fd000010000000000000000000000005', '00000000', 'ffffffff', 'e0000001', '7f000001'];

function bytes(name: string, { choice, isOdd }: Taste): Uint8Array {
  if (isOdd && choice.oneIn(10)) return choice.bytes(choice.of([0, 1, 3, 5, 15, 17, 31, 33, 200]));
  if (/address|own|theirs|source|destination/i.test(name)) {
    return Buffer.from(choice.of(isOdd ? [...soundAddresses, ...oddAddresses] : soundAddresses), 'hex');
  }
  if (/signature/i.test(name)) return choice.bytes(64);
  if (/prefix/i.test(name)) return Buffer.alloc(0);
  if (name === 'mac') return choice.bytes(choice.of([0, 6]));
  return choice.bytes(32);
}

const names = ['a', 'b', 'c', 'g1', 'g2', 'db', 'left'] as const;
const oddTexts = [
  '',
  ' ',
  'A',
  '-a',
  'a'.repeat(64),
  'x'.repeat(1025),
  '🦑'.repeat(300),
  '__proto__',
  'constructor',
  '../../x',
  '\u0000',
  '7/10.0.0.6',
  '\ud800',
  'gni 9.9',
  'gni 3.0 #',
] as const;

const soundTexts: readonly (readonly [RegExp, readonly string[]])[] = [
  [/send|accept|encapsulation|formats/i, ['gni 1.0', 'gni 1.1', 'gni 2.0', 'gni 3.0 +aes-256-gcm #1.1']],
  [/features/, ['integrity', 'aes-256-gcm', 'lz4', 'ip-elision']],
  [/executor/i, ['engine', 'tc', 'xdp']],
  [/ports?$/i, ['tun', 'veth', 'tap']],
  [/^key$/, [...names, '1', '2', '1/10.0.0.5', '1/10.0.0.6']],
  [/^code$/, ['guest-running', 'agent-started']],
  [/^verdict$/, ['sent', 'delivered', 'dropped']],
  [/^command$/, ['true', 'sleep']],
  [/./, names],
];

function text(name: string, { choice, isOdd }: Taste): string {
  if (isOdd && choice.oneIn(8)) return choice.of(oddTexts);
  return choice.of(soundTexts.find(([pattern]) => pattern.test(name))?.[1] ?? names);
}

function labels(taste: Taste): Record<string, string> {
  const keys = taste.isOdd ? ['area', 'rack', '__proto__', 'a b', 'x'.repeat(70)] : ['area', 'rack'];
  return Object.fromEntries(
    Array.from({ length: taste.choice.below(3) }, () => [taste.choice.of(keys), text('label', taste)]),
  );
}
