/**
 * The short-lived process that captures, in whatever network namespace it was started: `cap` hands over
 * packets in a loop that does not yield while more keep coming, so nothing else may live beside it.
 *
 *   node cli/capture/helper.ts FILTER [INTERFACE]
 *
 * Ends when its stdout is closed or it is killed.
 */
import { writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { networkInterfaces } from 'node:os';
import { type LinkType, linkTypes } from './frame.ts';
import { type CaptureStart, encodeRecord } from './records.ts';

interface Cap {
  open(device: string, filter: string, ringBytes: number, buffer: Buffer): string;
  setMinBytes?(count: number): void;
  on(event: 'packet', listener: (length: number, truncated: boolean) => void): void;
}

const snapLen = 65_535;
const ringBytes = 32 << 20;
const stdout = 1;

function main(filter: string, wanted: string | undefined): void {
  const device = wanted ?? firstInterface();
  if (device === undefined) fail('there is no interface that is up: name one with --interface');
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
  cap.on('packet', (length) => write(encodeRecord(nowUs(), buffer.subarray(0, length))));
  const start: CaptureStart = { linkType: linkType as LinkType, interface: device };
  write(Buffer.from(`${JSON.stringify(start)}\n`));
}

function loadCap(): Cap {
  try {
    const { Cap } = createRequire(import.meta.url)('cap') as { Cap: new () => Cap };
    return new Cap();
  } catch {
    return fail('the capture library is not built: run `make setup`');
  }
}

function firstInterface(): string | undefined {
  return Object.entries(networkInterfaces()).find(([, addresses]) => addresses?.some(({ internal }) => !internal))?.[0];
}

function nowUs(): number {
  return (performance.timeOrigin + performance.now()) * 1000;
}

/** Synchronous and whole: a busy capture loop gives no turn to streams. */
function write(bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(stdout, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EAGAIN') process.exit(code === 'EPIPE' ? 0 : 1);
    }
  }
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

main(process.argv[2] ?? '', process.argv[3]);
