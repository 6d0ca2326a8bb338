import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatJoinToken } from '../../wire/trust.ts';
import { systemClock } from '../clock.ts';
import { FakeController } from '../fake-parts.ts';
import { type FakeRegion, fakeRegion } from './fake-region.ts';
import { writeCredentials } from './files.ts';
import { HostTrust } from './host-trust.ts';

let directory: string;
let trustDirectory: string;
let tokenFile: string;
let region: FakeRegion;
let trust: HostTrust;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'weft-trust-'));
  trustDirectory = join(directory, 'trust');
  tokenFile = join(directory, 'token');
  region = await fakeRegion();
  const log = pino({ level: 'silent' });
  trust = new HostTrust({ directory: trustDirectory, host: 'a', joinTokenFile: tokenFile, clock: systemClock, log });
});
afterEach(() => rmSync(directory, { recursive: true }));

const url = 'wss://127.0.0.1:1/v1/agent';
const why = async (of = url) => {
  const found = await trust.credentials(of);
  return found.ok ? 'it has some' : found.why;
};

describe('a host that has joined', () => {
  it('finds its key, certificate and authority, as they are on disk now', async () => {
    await region.enrol(trustDirectory, 'a');
    const first = await trust.credentials(url);
    expect(first).toMatchObject({ ok: true, ca: region.ca, certificate: { host: 'a', generation: 1 } });
    const { key, cert } = await region.issue({ kind: 'host', name: 'a', generation: 2 });
    await writeCredentials(trustDirectory, key, { certificate: cert, authority: region.ca });
    expect(await trust.credentials(url)).toMatchObject({ ok: true, certificate: { generation: 2 } });
    expect(['host.pem', 'region.pem'].map((name) => statSync(join(trustDirectory, name)).mode & 0o777)).toEqual([
      0o600, 0o600,
    ]);
  });

  it('under another name is told so', async () => {
    await region.enrol(trustDirectory, 'b');
    expect(await why()).toMatch(/is for host 'b', this agent is 'a': set 'host' in its configuration, or join again$/);
  });

  it.each(['host.pem', 'region.pem'])('and whose %s is damaged is told which, and joins by no token', async (name) => {
    await region.enrol(trustDirectory, 'a');
    writeFileSync(tokenFile, 'weft1');
    const whole = readFileSync(join(trustDirectory, name), 'utf8');
    for (const text of ['', 'x', whole.slice(0, 60)]) {
      writeFileSync(join(trustDirectory, name), text);
      expect(await why()).toBe(`${join(trustDirectory, name)} is damaged: restore it from a backup, or join again`);
    }
  });
});

describe('a host that has not joined', () => {
  it('is told how', async () => {
    expect(await why()).toBe(
      'this host has not joined: weft token create --host NAME at the controller, then weft join here',
    );
  });

  it.each([
    ['no token', 'hello', /token holds no join token such as weft token create prints$/],
    ['one for another host', () => text('b'), /token is for host 'b', this agent is 'a'$/],
  ])('and finds %s is told so', async (_, content, sentence) => {
    writeFileSync(tokenFile, typeof content === 'string' ? content : content());
    expect(await why()).toMatch(sentence);
  });

  it('and cannot reach the controller tries with the same token again', async () => {
    writeFileSync(tokenFile, text('a'));
    expect(await why()).toBe('https://127.0.0.1:1 cannot be reached: nothing listens there');
    expect([existsSync(tokenFile), existsSync(trustDirectory)]).toEqual([true, false]);
  });

  it('and finds something else there than a controller that lets hosts join keeps the token', async () => {
    const controller = await FakeController.listen(1);
    writeFileSync(tokenFile, text('a'));
    expect(await why(controller.url)).not.toBe('it has some');
    expect([existsSync(tokenFile), existsSync(trustDirectory)]).toEqual([true, false]);
    await controller.close();
  });

  const text = (host: string) => formatJoinToken({ host, secret: 's'.repeat(32), fingerprint: region.fingerprint });
});
