/** `weft capture`: encapsulated packets on the substrate, decoded with the reference codec. */
import { existsSync } from 'node:fs';
import { ports } from '../../wire/limits.ts';
import { decodeFrame } from '../capture/packet.ts';
import { PcapFile } from '../capture/pcap.ts';
import { packetJson, packetLines } from '../capture/print.ts';
import type { CaptureStart } from '../capture/records.ts';
import { captureFrames } from '../capture/source.ts';
import { type Context, type Family, wholeNumber } from '../context.ts';
import { outputOptions } from '../output-format.ts';
import { Problem } from '../problem.ts';

interface Options {
  readonly lab?: string;
  readonly netns?: string;
  readonly interface?: string;
  readonly count?: number;
  readonly seconds?: number;
  readonly write?: string;
  readonly port?: number;
}

/** Of packets of the framework gni, vxlan and geneve. */
const usualPorts = [ports.data, ports.vxlan, ports.geneve];

export const family: Family = (program, context) => {
  const command = program
    .command('capture [host]')
    .description('show encapsulated packets on the substrate, decoded')
    .option('--lab <name>', 'on a host of this lab')
    .option('--netns <name>', 'in this network namespace')
    .option('--interface <name>', 'on this interface, else the first that is up')
    .option('--count <number>', 'end after so many packets', wholeNumber(1, 1e9))
    .option('--seconds <number>', 'end after so many seconds', wholeNumber(1, 86_400))
    .option('--write <file>', 'write them to a pcap file as well')
    .option('--port <number>', `UDP port, else ${usualPorts.join(', ')}`, wholeNumber(1, 65_535));
  outputOptions(command).action((host: string | undefined, options: Options) => showCapture(context, host, options));
};

async function showCapture(context: Context, host: string | undefined, options: Options): Promise<void> {
  const { output } = context;
  const netns = await namespaceFor(host, options);
  const timeout = options.seconds === undefined ? [] : [AbortSignal.timeout(options.seconds * 1000)];
  using file = options.write === undefined ? undefined : new PcapFile(options.write);
  const udpPorts = options.port === undefined ? usualPorts : [options.port];
  let count = 0;
  const frames = captureFrames({
    netnsPath: netns === undefined ? undefined : `/run/netns/${netns}`,
    interface: options.interface,
    filter: udpPorts.map((port) => `udp port ${port}`).join(' or '),
    signal: AbortSignal.any([context.signal, ...timeout]),
    onStart: (start) => output.note(announce(start, netns, udpPorts)),
  });
  for await (const captured of frames) {
    const packet = decodeFrame(captured.linkType, captured.frame);
    if (packet === undefined) continue;
    file?.write(captured, captured.linkType);
    output.showNext(packetJson(packet, captured.timeUs), () => {
      for (const line of packetLines(packet, captured.timeUs)) output.line(line);
    });
    if (++count === options.count) break;
  }
  output.note(`${count} packets`);
}

function announce({ interface: name }: CaptureStart, netns: string | undefined, udpPorts: readonly number[]): string {
  const what = udpPorts.length === 1 ? `port ${udpPorts}` : `ports ${udpPorts.join(', ')}`;
  return `capturing UDP ${what} on ${name}${netns === undefined ? '' : ` in namespace ${netns}`}`;
}

async function namespaceFor(host: string | undefined, options: Options): Promise<string | undefined> {
  if (options.lab === undefined) {
    if (host !== undefined) {
      throw new Problem(`'${host}' is a host of which lab? Say --lab NAME, or --netns NAMESPACE`, { exitCode: 2 });
    }
    return options.netns === undefined ? undefined : existing(options.netns);
  }
  const { openLab } = await import('../../lab/index.ts');
  const lab = openLab(options.lab);
  const name = host ?? lab.hosts[0]?.name;
  if (name === undefined) throw new Problem(`lab '${lab.name}' has no hosts`);
  return lab.namespaceOf(name);
}

function existing(netns: string): string {
  if (existsSync(`/run/netns/${netns}`)) return netns;
  throw new Problem(`there is no network namespace '${netns}': see \`ip netns list\``);
}
