/**
 * What `weft capture` is asked to show: Weft's own words first, then an expression as tcpdump knows them.
 *
 *   [gni NUMBER] [guest NAME] [inner ADDRESS] [EXPRESSION]        `and` may stand between
 *
 * The expression is about the packets that are captured: the guest's at a port, encapsulated ones on the substrate.
 */
import { parseAddress } from '../../wire/address.ts';
import { limits } from '../../wire/limits.ts';
import { Problem } from '../problem.ts';

export interface CaptureFilter {
  readonly gni?: number;
  readonly guest?: string;
  /** Source or destination of the inner packet. */
  readonly inner?: string;
  /** libpcap's; empty: everything. */
  readonly expression: string;
}

export function parseFilter(text: readonly string[]): CaptureFilter {
  const words = text.join(' ').trim().split(/\s+/);
  const found: { gni?: number; guest?: string; inner?: string } = {};
  let at = 0;
  for (;;) {
    const start = words[at] === 'and' && at > 0 ? at + 1 : at;
    const [word, value] = [words[start], words[start + 1]];
    if (word !== 'gni' && word !== 'guest' && word !== 'inner') break;
    if (value === undefined) throw wrong(`'${word}' wants something behind it`);
    if (word === 'gni') found.gni = gniOf(value);
    else if (word === 'inner') found.inner = addressOf(value);
    else found.guest = value;
    at = start + 2;
  }
  if (words[at] === 'and' && at > 0) at++;
  const expression = words.slice(at).join(' ');
  if (/(^|\s)(gni|inner)\s/.test(expression)) throw wrong('gni, guest and inner stand before everything else');
  return { ...found, expression };
}

function gniOf(text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= limits.gni.min && value <= limits.gni.max) return value;
  throw wrong(`'${text}' is no GNI, expected a number from ${limits.gni.min} to ${limits.gni.max}`);
}

function addressOf(text: string): string {
  const address = parseAddress(text);
  if (address === undefined) throw wrong(`'${text}' is no address, expected an IPv4 or IPv6 address of a guest`);
  return address;
}

function wrong(what: string): Problem {
  return new Problem(`${what}. A filter is: [gni NUMBER] [guest NAME] [inner ADDRESS] [as for tcpdump]`, {
    exitCode: 2,
  });
}
