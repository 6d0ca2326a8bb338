/**
 * The short-lived process that captures, in whatever network namespace it was started: `cap` hands over
 * packets in a loop that does not yield while more keep coming, so nothing else may live beside it.
 *
 *   node cli/capture/helper.ts FILTER [INTERFACE | having:ADDRESS,…]
 *
 * Ends when its stdout is closed or it is killed.
 */
import { writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { networkInterfaces } from 'node:os';
import { Backlog } from './backlog.ts';
import { type LinkType, linkTypes } from './frame.ts';
import { type CaptureStart, encodeRecord } from './records.ts';

interface Cap {
  open(device: string, filter: string, ringBytes: number, buffer: Buffer): string;
  setMinBytes?(count: number): void;
  on(event: 'packet', listener: (length: number, truncated: boolean) => void): void;
}

const snapLen = 65_535;
/** The kernel gives every packet the room of the longest. */
const ringPackets = 2048;
const ringBytes = ringPackets << 16;
const backlogBytes = 64 << 20;
const flushEveryMs = 5;
const tellEveryUs = 50_000;
const stdout = 1;
const having = 'having:';

function main(filter: string, wanted: string | undefined): void {
  const device = findDevice(wanted);
  const cap = loadCap();
  const buffer = Buffer.alloc(snapLen);
  let linkType: string;
  try {
    linkType = cap.open(device, filter, ringBytes, buffer);
  } catch (error) {
    fail(`cannot capture on interface '${device}': ${(error as Error).message}`);
  }
  if (!linkTypes.includes(linkType as LinkType)) fail(`interface '${device}' has frames of another kind (${linkType})`);
  cap.setMinBytes?.(0);
  const backlog = new Backlog({ write: writeSome }, backlogBytes);
  const start: CaptureStart = { linkType: linkType as LinkType, interface: device };
  const line = Buffer.from(`${JSON.stringify(start)}\n`);
  // Asked for, it makes our end of the pipe one that never blocks.
  void process.stdout;
  backlog.push(line.length, () => line);
  // `cap` yields when the ring is empty: as many packets without a turn as the ring holds may have filled it.
  let sinceTurn = 0;
  let behind = false;
  cap.on('packet', (length) => {
    const timeUs = nowUs();
    if (sinceTurn++ === 0) {
      setImmediate(() => {
        sinceTurn = 0;
      });
    }
    behind ||= sinceTurn > ringPackets;
    // Copied when there is room for it: the buffer is the next packet's.
    backlog.push(length, (lost) => encodeRecord(timeUs, { lost, behind }, buffer.subarray(0, length)));
  });
  let toldUs = nowUs();
  setInterval(() => {
    backlog.flush();
    const timeUs = nowUs();
    if (!backlog.isEmpty || timeUs - toldUs < tellEveryUs) return;
    toldUs = timeUs;
    backlog.push(0, (lost) => encodeRecord(timeUs, { lost, behind }, new Uint8Array(0)));
  }, flushEveryMs);
}

function loadCap(): Cap {
  try {
    const { Cap } = createRequire(import.meta.url)('cap') as { Cap: new () => Cap };
    return new Cap();
  } catch {
    return fail('the capture library is not built: run `make setup`');
  }
}

function findDevice(wanted: string | undefined): string {
  if (wanted !== undefined && !wanted.startsWith(having)) return wanted;
  const devices = Object.entries(networkInterfaces());
  if (wanted === undefined) {
    const first = devices.find(([, addresses]) => addresses?.some(({ internal }) => !internal))?.[0];
    return first ?? fail('there is no interface that is up: name one with --interface');
  }
  const addresses = wanted.slice(having.length).split(',');
  const found = devices.find(([, own]) => own?.some(({ address }) => addresses.includes(address)))?.[0];
  return found ?? fail(`no interface here has address ${addresses.join(' or ')}: name one with --interface`);
}

function nowUs(): number {
  return (performance.timeOrigin + performance.now()) * 1000;
}

function writeSome(bytes: Uint8Array): number {
  try {
    return writeSync(stdout, bytes);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EAGAIN') return 0;
    return process.exit(code === 'EPIPE' ? 0 : 1);
  }
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

if (import.meta.main) main(process.argv[2] ?? '', process.argv[3]);
