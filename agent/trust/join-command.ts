/**
 * `weft join`: everything that can be wrong here is looked at before the token is used, and nothing is written before the
 * certificate is here. Then: certificate, configuration, service, in this order; each can be done again.
 */
import { existsSync, readFileSync } from 'node:fs';
import { access, constants, mkdir } from 'node:fs/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { dirname } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { parseAddress } from '../../wire/address.ts';
import { ports } from '../../wire/limits.ts';
import { type JoinToken, parseJoinToken } from '../../wire/trust.ts';
import { parseAgentConfig } from '../config.ts';
import { run } from '../run.ts';
import { diskError } from '../state/disk.ts';
import { writeStateFile } from '../state/file.ts';
import { addressesIn, writeJoined } from './config-file.ts';
import { certificateOf, trustDirectory, writeCredentials } from './files.ts';
import { JoinError, join } from './join.ts';
import { newKey } from './request.ts';

export interface JoinWish {
  readonly url: string;
  /** `-`: it is read from the standard input, where no other user sees it. */
  readonly token: string;
  readonly file: string;
  readonly addresses: readonly string[];
  readonly start: boolean;
}

const service = 'weft-agent.service';
/** In the place of the one that is known when the controller was reached. */
const anyAddress: readonly string[] = ['192.0.2.1'];

/** Says what was done, a sentence each. Throws a JoinError or a ConfigError. */
export async function joinCommand(wish: JoinWish, say: (sentence: string) => void): Promise<void> {
  const origin = originOf(wish.url);
  const token = await tokenOf(wish.token);
  const before = readBefore(wish.file);
  const given = wish.addresses.map(addressOf);
  const known = given.length > 0 ? given : keptAddresses(before, wish.file) ? undefined : anyAddress;
  const plan = (addresses: readonly string[] | undefined, labels: Labels) => {
    const controller = origin.replace(/^https:/, 'wss:');
    const text = writeJoined(before, wish.file, { host: token.host, controller, addresses, labels });
    return { text, config: parseAgentConfig(text, wish.file, token.host) };
  };
  // Before the token is used, so that a mistake in a file that is there costs none.
  const { stateDirectory } = plan(known, {}).config;
  const directory = trustDirectory(stateDirectory);
  await checkWritable([directory, dirname(wish.file)]);

  const made = newKey();
  const { answer, localAddress } = await join(origin, token, made, Date.now());
  const addresses = known === anyAddress ? [addressOf(localAddress ?? '')] : known;
  const { text } = plan(addresses, answer.labels);
  await writeCredentials(directory, made.key, answer);
  await writeStateFile(wish.file, text);
  const until = new Date(certificateOf(answer.certificate)?.notAfterMs ?? 0).toISOString().slice(0, 10);
  say(`host '${token.host}' has joined controller '${answer.controller}' at ${origin}, trusted until ${until}`);
  if (addresses !== undefined) say(`its substrate address is ${addresses.join(', ')} (--address says another)`);
  say(`wrote ${wish.file} and ${directory}`);
  say(wish.start ? await startService() : `start the agent with: systemctl enable --now ${service}`);
}

type Labels = Readonly<Record<string, string>>;

/** Also without a scheme and without a port. */
function originOf(text: string): string {
  const whole = /^[a-z]+:\/\//i.test(text) ? text : `https://${isIP(text) === 6 ? `[${text}]` : text}`;
  const url = URL.canParse(whole) ? new URL(whole.replace(/^wss:/i, 'https:')) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'ws:') {
    throw new JoinError(`'${text}': nothing is said without TLS, expected https://ADDRESS:PORT of a controller`);
  }
  if (url?.protocol !== 'https:' || url.hostname === '') {
    throw new JoinError(`'${text}' is no controller, expected https://ADDRESS:PORT or ADDRESS`);
  }
  return `https://${url.hostname}:${url.port === '' ? ports.control : url.port}`;
}

async function tokenOf(word: string): Promise<JoinToken> {
  const token = parseJoinToken(word === '-' ? await readAll(process.stdin) : word);
  if (token !== undefined) return token;
  throw new JoinError(
    'this is no join token: `weft token create --host NAME` at the controller prints one, of the form ' +
      'weft1.HOST.….…; was it cut off?',
  );
}

function addressOf(text: string): string {
  const address = parseAddress(text);
  if (address === undefined) throw new JoinError(`--address ${text}: no IP address, expected one of this host`);
  return address;
}

/** Empty: there is none. */
function readBefore(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw new JoinError(`${file} cannot be read: ${(error as Error).message}`);
  }
}

/** Whether the file names substrate addresses, and this machine has them: those of an example it has not. */
function keptAddresses(text: string, file: string): boolean {
  const named = addressesIn(text, file);
  const own = Object.values(networkInterfaces()).flatMap((each = []) => each.map(({ address }) => address));
  return named.length > 0 && named.every((address) => own.includes(address));
}

/** Fails when the certificate could not be written afterwards. */
async function checkWritable(directories: readonly string[]): Promise<void> {
  for (const directory of directories) {
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await access(directory, constants.W_OK);
    } catch (error) {
      throw new JoinError(`${diskError(directory, error).message}; the token was not used`);
    }
  }
}

/** Restarted when it runs: guests' packets go on meanwhile. */
async function startService(): Promise<string> {
  if (!existsSync('/run/systemd/system')) return `systemd does not run here: start \`weft agent\` yourself`;
  for (const action of ['enable', 'restart']) {
    const done = await run('systemctl', [action, service]);
    if (!done.ok) throw new JoinError(`this host has joined, but ${service} does not start: ${done.why}`);
  }
  return `${service} runs`;
}
