import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { FakeClock } from '../clock.ts';
import { ownAuthority } from './authority-files.ts';
import { ServerCertificate, type ServerContext, serverNames } from './server-certificate.ts';

const dayMs = 86_400_000;

it('is made anew before it expires and when names change, with another key, and told to listeners', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'weft-server-'));
  const clock = new FakeClock(Date.now());
  let names = ['192.0.2.1'];
  const authority = await ownAuthority(directory, 'north', Date.now());
  const log = pino({ level: 'silent' });
  const certificate = await ServerCertificate.open({ authority, controller: 'north', names: () => names, clock, log });
  const next = () => new Promise<ServerContext>((resolve) => void certificate.onRenewed(resolve));
  const first = certificate.context;
  const shown = ({ cert }: ServerContext) => new X509Certificate(cert);
  expect(shown(first).subjectAltName).toBe('URI:weft://controller/north, IP Address:192.0.2.1');
  expect(shown(first).keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);

  names = ['192.0.2.1', 'weft.example'];
  const named = next();
  clock.advance(60_000);
  expect(shown(await named).subjectAltName).toContain('DNS:weft.example');
  expect((await named).key).not.toBe(first.key);

  const renewed = next();
  clock.advance(20 * dayMs);
  expect(Date.parse(shown(await renewed).validTo)).toBeGreaterThan(Date.parse(shown(first).validTo) + 19 * dayMs);
  certificate.close();
  rmSync(directory, { recursive: true });
});

it('names a controller by where it listens, what its operator says and this machine', () => {
  const names = serverNames(['192.0.2.1', '2001:db8::1'], ['weft.example']);
  expect(names).toEqual(expect.arrayContaining(['192.0.2.1', '2001:db8::1', 'weft.example', 'localhost', '127.0.0.1']));
  expect(serverNames(['0.0.0.0'], [])).not.toContain('0.0.0.0');
});
