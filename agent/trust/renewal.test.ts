import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CertificateRequest } from '../../wire/control.ts';
import { clockAllowanceMs, type HostCertificate } from '../../wire/trust.ts';
import { FakeClock } from '../fake-clock.ts';
import { Journal } from '../journal.ts';
import { type FakeRegion, fakeRegion } from './fake-region.ts';
import { readCredentials } from './files.ts';
import { nextRenewal, Renewal } from './renewal.ts';

const dayMs = 86_400_000;
const certificate = (serial: string): HostCertificate => ({
  ...{ host: 'a', generation: 1, serial },
  notBeforeMs: -clockAllowanceMs,
  notAfterMs: 12 * dayMs,
});

it('is due between two thirds and three quarters of a certificate’s life, by its number', () => {
  expect(nextRenewal(certificate('0000'))).toBe(8 * dayMs);
  expect(nextRenewal(certificate('ABCDFFFF'))).toBe(9 * dayMs);
  const spread = Array.from({ length: 256 }, (_, i) =>
    nextRenewal(certificate(i.toString(16).padStart(2, '0').repeat(2))),
  );
  expect(new Set(spread).size).toBe(256);
});

describe('a host whose certificate is due', () => {
  let directory: string;
  let region: FakeRegion;
  let clock: FakeClock;
  let journal: Journal;
  let asked: CertificateRequest[];
  let renewal: Renewal;
  /** Resolves with the next request. */
  let next: () => Promise<CertificateRequest>;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'weft-renewal-'));
    region = await fakeRegion();
    clock = new FakeClock();
    clock.shiftMs = Date.now() - clock.now();
    journal = new Journal(pino({ level: 'silent' }), clock);
    asked = [];
    let wake: (request: CertificateRequest) => void = () => undefined;
    next = () =>
      new Promise((resolve) => {
        wake = resolve;
      });
    renewal = new Renewal({
      ...{ directory, host: 'a', clock, journal },
      send: (request) => {
        asked.push(request);
        wake(request);
        return true;
      },
    });
    const nowMs = clock.now();
    await region.enrol(directory, 'a', {
      notBeforeMs: nowMs - clockAllowanceMs - 9 * dayMs,
      notAfterMs: nowMs + 3 * dayMs,
    });
  });
  afterEach(() => {
    renewal.close();
    rmSync(directory, { recursive: true });
  });

  const publicKey = ({ request }: CertificateRequest) => {
    const der = Buffer.from(request);
    const at = der.indexOf(Buffer.from([0x30, 0x59, 0x30, 0x13]));
    return der.subarray(at, at + 91);
  };
  const answer = async (request: CertificateRequest, wish: object = {}) => {
    const subject = { kind: 'host', name: 'a', generation: 1 } as const;
    const { cert } = await region.issue(subject, { publicKey: publicKey(request), ...wish });
    return { certificate: cert, authority: region.ca, problem: '' };
  };
  const onDisk = () => readFileSync(join(directory, 'host.pem'), 'utf8');

  it('asks when it is connected, and has the new one for its next connection', async () => {
    const request = next();
    renewal.connected();
    await renewal.take(await answer(await request));
    const found = await readCredentials(directory);
    expect(found.ok && found.certificate.notAfterMs).toBeGreaterThan(clock.now() + 0.9 * dayMs);
    expect(journal.takeEvents().map(({ code }) => code)).toEqual(['certificate-renewed']);
  });

  it('keeps the old one and asks again later when it is told why not', async () => {
    const before = onDisk();
    const first = next();
    renewal.connected();
    await first;
    await renewal.take({ certificate: '', authority: '', problem: 'the store is away' });
    expect(journal.errors().map(({ message }) => message)).toEqual(['not renewed: the store is away']);
    expect(onDisk()).toBe(before);
    // Its timer stands once the request is out.
    const second = next();
    await expect.poll(() => clock.timers).toBeGreaterThan(0);
    clock.advance(dayMs / 2);
    await second;
    expect(asked).toHaveLength(2);
  });

  it.each([
    ['for another key', async () => answer({ request: (await freshRequest()).request }), /is for another key/],
    [
      'that is valid at another time',
      async (request: CertificateRequest) =>
        answer(request, { notBeforeMs: Date.now() + 5 * dayMs, notAfterMs: Date.now() + 9 * dayMs }),
      /is not now: this host’s clock or the controller’s is wrong/,
    ],
    ['that is none', async () => ({ certificate: 'x', authority: 'y', problem: '' }), /is no certificate/],
  ])('does not put one %s in the place of one that works', async (_, make, why) => {
    const before = onDisk();
    const request = next();
    renewal.connected();
    await renewal.take(await make(await request));
    expect(journal.errors().map(({ message }) => message)).toEqual([expect.stringMatching(why)]);
    expect(onDisk()).toBe(before);
  });

  it('takes nothing that it has not asked for', async () => {
    const before = onDisk();
    await renewal.take(await answer(await freshRequest()));
    expect(onDisk()).toBe(before);
  });
});

async function freshRequest() {
  return (await import('./request.ts')).newKey();
}
