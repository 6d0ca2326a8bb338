/** `weft capture`: packets at a guest's port, encapsulated ones on the substrate, or both brought together. */
import { ports } from '../../wire/limits.ts';
import { version } from '../../wire/version.ts';
import { Correlator } from '../capture/correlate.ts';
import { type CaptureFilter, parseFilter } from '../capture/filter.ts';
import { merge } from '../capture/merge.ts';
import { PcapngFile } from '../capture/pcapng.ts';
import { Show, type ShowOptions } from '../capture/show.ts';
import { captureFrames } from '../capture/source.ts';
import { findTarget, type Guest, type Place, type Target } from '../capture/taps.ts';
import { type Context, type Family, wholeNumber } from '../context.ts';
import { outputOptions } from '../output-format.ts';
import { Problem } from '../problem.ts';

interface Options {
  readonly lab?: string;
  readonly netns?: string;
  readonly agent?: string;
  readonly interface?: string;
  readonly both?: true;
  readonly count?: number;
  readonly seconds?: number;
  readonly write?: string;
  readonly size: number;
  readonly files: number;
  readonly port?: number;
}

/** Of packets of the framework gni, vxlan and geneve. */
const usualPorts = [ports.data, ports.vxlan, ports.geneve];

export const family: Family = (program, context) => {
  const command = program
    .command('capture [target] [filter...]')
    .description('show packets at a guest’s port, or encapsulated ones on a host’s substrate, decoded')
    .option('--both', 'of a guest: at its port and on the substrate, brought together')
    .option('--lab <name>', 'in this lab')
    .option('--netns <name>', 'in this network namespace')
    .option('--agent <socket>', 'the agent’s status socket (WEFT_AGENT, /run/weft/agent.sock)')
    .option('--interface <name>', 'on this interface of the host, else the one with its substrate address')
    .option('--count <number>', 'end after so many packets', wholeNumber(1, 1e9))
    .option('--seconds <number>', 'end after so many seconds', wholeNumber(1, 86_400))
    .option('--write <file>', 'write them to a pcapng file as well')
    .option('--size <MiB>', 'most of that file', wholeNumber(1, 1 << 20), 1024)
    .option('--files <number>', 'when it is full: 1 ends, more keep so many of the newest', wholeNumber(1, 1000), 1)
    .option('--port <number>', `UDP port, else ${usualPorts.join(', ')}`, wholeNumber(1, 65_535))
    .addHelpText('after', help);
  outputOptions(command).action((target: string | undefined, filter: readonly string[], options: Options) =>
    showCapture(context, target, filter, options),
  );
};

const help = `
A filter is [gni NUMBER] [guest NAME] [inner ADDRESS] and then whatever tcpdump knows, about what is captured:
  weft capture web1 icmp
  weft capture host-a gni 7 and inner 10.0.0.6 and host 192.0.2.12
  weft capture web1 --both --write web1.pcapng
Wireshark shows what is inside with wire/gen/gni.lua: tshark -X lua_script:wire/gen/gni.lua -r web1.pcapng`;

async function showCapture(
  context: Context,
  name: string | undefined,
  words: readonly string[],
  options: Options,
): Promise<void> {
  const { output } = context;
  const filter = parseFilter(words);
  const target = await findTarget(context, name, options);
  const guest = guestOf(target, options, filter);
  const others = filter.guest === undefined ? undefined : named(target, filter.guest);
  const ended = new AbortController();
  const timeout = options.seconds === undefined ? [] : [AbortSignal.timeout(options.seconds * 1000)];
  const signal = AbortSignal.any([context.signal, ended.signal, ...timeout]);
  using file = options.write === undefined ? undefined : openFile(options.write, options);
  const show = new Show({
    output,
    file,
    count: options.count ?? Number.POSITIVE_INFINITY,
    wanted: wantedOf(filter, others, guest),
    ...(guest === undefined ? {} : { guest, hostAddresses: target.hostAddresses }),
    ...(options.both === true ? { correlator: new Correlator({ waitUs: 1_000_000, most: 2000 }) } : {}),
  });
  const taps = tapsOf(target, guest, filter.expression, options).map((tap) => openTap(tap, show, signal, output));
  try {
    for await (const each of merge(taps, tickMs)) {
      if (each.kind === 'tick') show.tick();
      else show.frame(each.value.side, each.value);
      if (show.isDone) break;
    }
  } finally {
    // Also when one of two could not begin: the other's process would stay.
    ended.abort();
  }
  show.end();
}

const tickMs = 100;

interface Tap {
  readonly side: 'port' | 'wire';
  readonly place: Place;
  readonly expression: string;
  /** In words. */
  readonly what: string;
}

function tapsOf(target: Target, guest: Guest | undefined, expression: string, options: Options): readonly Tap[] {
  const udp = (options.port === undefined ? usualPorts : [options.port]).map((port) => `udp port ${port}`).join(' or ');
  const port = (): Tap[] =>
    guest === undefined ? [] : [{ side: 'port', place: guest.place, expression, what: `packets of ${guest.name}` }];
  const wire = (more: string): Tap => ({
    side: 'wire',
    place: target.substrate,
    expression: more === '' ? udp : `(${udp}) and (${more})`,
    what: 'encapsulated packets',
  });
  if (guest === undefined) return [wire(expression)];
  // The expression is about the guest's packets; what carries them is found by them.
  return options.both === true ? [...port(), wire('')] : port();
}

function openTap({ side, place, expression, what }: Tap, show: Show, signal: AbortSignal, { note }: Context['output']) {
  const { netns } = place;
  return tagged(
    side,
    captureFrames({
      netnsPath: netns === undefined ? undefined : `/run/netns/${netns}`,
      interface: place.interface,
      addresses: place.addresses,
      filter: expression,
      signal,
      onStart: (start) => {
        show.start(side, start, netns);
        note(`capturing ${what} on ${start.interface}${netns === undefined ? '' : ` in namespace ${netns}`}`);
      },
      onHeard: (heard) => show.heard(side, heard),
    }),
  );
}

async function* tagged<T extends object, S>(
  side: S,
  frames: AsyncGenerator<T>,
): AsyncGenerator<T & { readonly side: S }> {
  for await (const frame of frames) yield { ...frame, side };
}

/** The guest whose port is meant. */
function guestOf({ guest }: Target, { both, interface: device }: Options, filter: CaptureFilter): Guest | undefined {
  const wrong = (what: string) => new Problem(what, { exitCode: 2 });
  if (guest === undefined) {
    if (both !== true) return undefined;
    throw wrong('--both wants a guest, whose packets are brought together with those on the wire');
  }
  if (device !== undefined && both !== true) throw wrong(`--interface is a host's, and '${guest.name}' is a guest`);
  if (filter.gni !== undefined || filter.guest !== undefined) {
    throw wrong(
      `'gni' and 'guest' choose among the packets of a host, and '${guest.name}' is a guest; say inner ADDRESS`,
    );
  }
  return guest;
}

function named({ guests }: Target, name: string): Guest {
  const guest = guests.find((each) => each.name === name);
  if (guest !== undefined) return guest;
  const known = guests.map((each) => each.name).join(', ') || 'none';
  throw new Problem(`the agents here know no guest '${name}' (known: ${known}); use \`inner ADDRESS\` for others`);
}

function wantedOf(filter: CaptureFilter, other: Guest | undefined, own: Guest | undefined): ShowOptions['wanted'] {
  const inner = filter.inner === undefined ? other?.addresses : new Set([filter.inner]);
  return {
    gni: filter.gni ?? other?.gni ?? own?.gni,
    inner: inner ?? own?.addresses,
    ...(inner === undefined ? {} : { atPort: inner }),
  };
}

function openFile(path: string, { size, files }: Options): PcapngFile {
  return new PcapngFile({ path, application: `weft ${version}`, mostBytes: size << 20, files });
}
